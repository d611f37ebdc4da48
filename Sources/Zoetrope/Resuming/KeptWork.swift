internal import Checkpoints
import Foundation
internal import Sampling
internal import Tensors

/// What a run keeps of its work while it goes on, so that a failure does not cost it.
final class KeptWork {
    private let instructions: RunInstructions
    /// As the run was told to write it, for messages.
    private let output: String
    /// Nil for runs without a checkpoint.
    private let directory: RunDirectory?
    private let isNew: Bool
    /// Where the run stands.
    private(set) var state: RunState
    private var keptStep: Int
    private var keptLatents: String?

    /// Writes the first checkpoint, so that what cannot be kept is seen before any work.
    ///
    /// - Throws: ``RunDirectoryError``; an error that names the file when it cannot be written
    init(_ run: GenerationRun, recipe: Recipe, partialOutput: String, from start: RunState) throws {
        if let checkpoint = run.options.checkpoint {
            directory = try run.resumed.map(RunDirectory.init(of:)) ?? RunDirectory(new: checkpoint.directory)
        } else {
            directory = nil
        }
        instructions = RunInstructions(
            recipe: recipe, model: run.directory.place, output: RunInstructions.absolute(run.output),
            partialOutput: partialOutput, latents: run.options.latents.map(RunInstructions.absolute),
            threads: run.options.threads, maxMemory: run.options.maxMemory,
            checkpointEvery: run.options.checkpoint?.every ?? 1,
            image: run.settings.image.map { RunInstructions.absolute($0.path) },
            lastImage: run.settings.lastImage.map { RunInstructions.absolute($0.path) },
            madeDirectory: directory?.isMade ?? false, machine: RunInstructions.thisMachine)
        output = run.output
        isNew = run.resumed == nil
        state = start
        keptStep = start.step
        do {
            try directory?.write(start, instructions)
        } catch {
            if isNew { directory?.remove() }
            throw error
        }
    }

    /// - Parameter state: after a whole step
    /// - Throws: an error that names the checkpoint when it cannot be written
    func keep(_ state: RunState) throws {
        self.state = state.kept(inCheckpoint: directory != nil)
        let isDue = state.step % instructions.checkpointEvery == 0 || state.step == steps
        if isDue { try writeCheckpoint() }
    }

    /// Notes that the clean latents are in a file that the user asked for.
    func keepLatents(in path: String) { keptLatents = path }

    /// To be called when the clip is in its place.
    func complete() { directory?.remove() }

    /// Keeps what can be kept after a failure.
    ///
    /// - Returns: the error with how to go on from here; a cancellation as it is
    func failure(_ error: any Error) -> any Error {
        let isCancelled = error is CancellationError
        guard let directory else { return isCancelled ? error : failureWithoutCheckpoint(error) }
        // Nothing is lost but loading, and the first clip of an own image.
        if isNew && state.step == 0 {
            directory.remove()
            return error
        }
        if keptStep < state.step { try? writeCheckpoint() }
        guard !isCancelled else { return error }
        return FailedRun(
            cause: error,
            kept: .checkpoint(directory: directory.path, step: keptStep, steps: steps))
    }

    private var steps: Int { instructions.recipe.settings.steps }

    private func writeCheckpoint() throws {
        try directory?.write(state, instructions)
        keptStep = state.step
    }

    private func failureWithoutCheckpoint(_ error: any Error) -> any Error {
        guard state.step == steps else { return error }
        let path = keptLatents ?? freeName()
        do {
            if keptLatents == nil {
                try LatentFile.write(state.latent, recipe: instructions.recipe, to: path)
            }
        } catch let second {
            return FailedRun(cause: error, kept: .nothing(latents: path, reason: "\(second)"))
        }
        return FailedRun(
            cause: error, kept: .latents(path: path, output: output, model: instructions.model))
    }

    /// Beside the output, named after it: `clip.latents.safetensors`, or with a number where that is taken.
    private func freeName() -> String {
        let trimmed = output.hasSuffix("/") ? String(output.dropLast()) : output
        let stem = (trimmed as NSString).deletingPathExtension + ".latents"
        var number = 1
        func name() -> String { stem + (number == 1 ? "" : "-\(number)") + ".safetensors" }
        while FileManager.default.fileExists(atPath: name()) { number += 1 }
        return name()
    }
}
