import Foundation
internal import Pictures
internal import Sampling
internal import VideoWriting

/// The directory in which a run is kept: one checkpoint, replaced after every few steps. It is locked while a run
/// goes on in it.
final class RunDirectory {
    private static let fileName = "run.safetensors"
    let path: String
    /// Whether this run made it.
    let isMade: Bool
    /// Holds the lock.
    private let descriptor: Int32

    /// For a new run.
    ///
    /// - Throws: ``RunDirectoryError`` when it cannot be made or holds anything
    init(new path: String) throws {
        isMade = mkdir(path, 0o777) == 0
        guard isMade || errno == EEXIST else {
            throw RunDirectoryError.cannotMake(path: path, reason: systemReason(errno))
        }
        self.path = path
        descriptor = try Self.lock(path)
        if isMade { bringNameToDisk() }
        removeLeftovers()
        if Self.holdsCheckpoint(path), let run = try? Self.read(path) {
            throw RunDirectoryError.unfinished(
                path: path, step: run.step, steps: run.recipe.settings.steps,
                prompt: run.recipe.settings.prompt,
                seed: run.recipe.settings.seed)
        }
        let names = Self.names(in: path)
        guard names.isEmpty else { throw RunDirectoryError.notEmpty(path: path, found: names) }
    }

    /// For a run that goes on.
    ///
    /// - Throws: ``RunDirectoryError`` when another process goes on with it, or has done so since it was read
    init(of run: UnfinishedRun) throws {
        path = run.directory
        isMade = run.instructions.madeDirectory
        descriptor = try Self.lock(path)
        removeLeftovers()
        guard try Self.read(path).step == run.step else { throw RunDirectoryError.inUse(path: path) }
        VideoWriter.removeLeftover(run.instructions.partialOutput, of: run.instructions.output)
    }

    deinit { close(descriptor) }

    /// - Throws: an error that names the file when it cannot be written; the checkpoint before it is as it was then
    func write(_ state: RunState, _ instructions: RunInstructions) throws {
        try Self.file(in: path).write(state, instructions)
    }

    /// Takes the checkpoint away, and the directory if the run made it and nothing else is in it.
    func remove() {
        unlink(Self.file(in: path).url.path)
        removeLeftovers()
        if isMade { rmdir(path) }
    }

    /// - Throws: ``RunDirectoryError``
    static func read(_ path: String) throws -> UnfinishedRun {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
            throw RunDirectoryError.nothingThere(path: path)
        }
        guard isDirectory.boolValue else { throw RunDirectoryError.notADirectory(path: path) }
        guard holdsCheckpoint(path) else {
            let names = names(in: path).filter { !isLeftover($0) }
            throw names.isEmpty
                ? RunDirectoryError.nothingLeft(path: path) : .noCheckpoint(path: path, found: names)
        }
        let (state, instructions) = try file(in: path).read()
        return UnfinishedRun(directory: path, instructions: instructions, state: state)
    }

    private static func lock(_ path: String) throws -> Int32 {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            switch errno {
            case ENOTDIR: throw RunDirectoryError.notADirectory(path: path)
            case ENOENT: throw RunDirectoryError.nothingThere(path: path)
            default: throw RunDirectoryError.cannotMake(path: path, reason: systemReason(errno))
            }
        }
        // File systems without locks are taken as they are.
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK else {
            close(descriptor)
            throw RunDirectoryError.inUse(path: path)
        }
        return descriptor
    }

    /// Else a machine that stops could lose the directory with all that is on the disk in it.
    private func bringNameToDisk() {
        let parent = open(path + "/..", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard parent >= 0 else { return }
        fsync(parent)
        close(parent)
    }

    private static func file(in path: String) -> RunFile {
        RunFile(url: URL(fileURLWithPath: path, isDirectory: true).appendingPathComponent(fileName))
    }

    private static func holdsCheckpoint(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: file(in: path).url.path)
    }

    private static func names(in path: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    }

    /// Whether it is a checkpoint that a killed run did not write to its end.
    private static func isLeftover(_ name: String) -> Bool {
        name.hasPrefix(".\(fileName).") && name.hasSuffix(".part")
    }

    private func removeLeftovers() {
        for name in Self.names(in: path) where Self.isLeftover(name) { unlink("\(path)/\(name)") }
    }
}
