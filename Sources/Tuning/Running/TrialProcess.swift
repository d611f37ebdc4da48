import Foundation
import Zoetrope

/// One run of `zoetrope generate` as a process of its own: its peak memory is its own, it starts cold like a user's,
/// and what kills it ends one run and not the sweep.
struct TrialProcess {
    /// The program.
    let program: URL
    /// Words behind `generate` without those that say where things go.
    let options: [String]
    let item: SweepCase
    /// Empty directory for what the run makes.
    let work: URL

    /// Whether the clean latent and that of each step are kept.
    let keepsLatents: Bool

    var clip: URL { work.appendingPathComponent("clip.mp4") }
    var latents: URL { work.appendingPathComponent("latents.safetensors") }
    var steps: URL { work.appendingPathComponent("steps.safetensors") }

    private var arguments: [String] {
        ["generate"] + options + ["--seed", "\(item.seed)", "--output", clip.path]
            + (keepsLatents ? ["--save-latents", latents.path, "--save-steps", steps.path] : [])
            + ["--json", "--quiet", "--", item.prompt]
    }

    enum Outcome {
        case finished(GenerationReport, seconds: Double)
        case failed(String)
    }

    /// - Throws: `CancellationError` when the task is cancelled or somebody interrupts the process
    func run() async throws -> Outcome {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        let (output, errors) = (try file("output.json"), try file("errors.txt"))
        process.standardOutput = output.handle
        process.standardError = errors.handle
        let start = ContinuousClock.now
        try await Self.finish(process)
        let duration = (ContinuousClock.now - start).components
        let seconds = Double(duration.seconds) + Double(duration.attoseconds) * 1e-18
        try Task.checkCancellation()
        if let failure = try failure(of: process, complaint: errors.url) { return .failed(failure) }
        do {
            let report = try JSONDecoder().decode(GenerationReport.self, from: Data(contentsOf: output.url))
            return .finished(report, seconds: seconds)
        } catch {
            return .failed("the run ended well, but its report cannot be read: \(error)")
        }
    }

    private static func finish(_ process: Process) async throws {
        let box = ProcessBox(process)
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation {
                (continuation: CheckedContinuation<Void, any Error>) in
                process.terminationHandler = { _ in continuation.resume() }
                do {
                    try process.run()
                    // Cancelled before there was a process to end.
                    if Task.isCancelled { box.kill() }
                } catch {
                    process.terminationHandler = nil
                    continuation.resume(throwing: error)
                }
            }
        } onCancel: {
            box.kill()
        }
    }

    private func failure(of process: Process, complaint: URL) throws -> String? {
        let status = process.terminationStatus
        if process.terminationReason == .uncaughtSignal {
            if [SIGINT, SIGTERM].contains(status) { throw CancellationError() }
            let name = String(cString: strsignal(status))
            let reason = status == SIGKILL ? "; most likely the system ran out of memory" : ""
            return "killed by signal \(status) (\(name))\(reason)"
        }
        if status == 0 { return nil }
        // How the program ends after Ctrl-C.
        if status == 130 { throw CancellationError() }
        let text = (try? String(contentsOf: complaint, encoding: .utf8)) ?? ""
        let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
        let message = trimmed.range(of: "Error: ", options: .backwards).map {
            String(trimmed[$0.upperBound...])
        }
        return message ?? (trimmed.isEmpty ? "it ended with status \(status)" : trimmed)
    }

    private func file(_ name: String) throws -> (url: URL, handle: FileHandle) {
        let url = work.appendingPathComponent(name)
        try Data().write(to: url)
        return (url, try FileHandle(forWritingTo: url))
    }
}

/// Lets another thread end a process.
private final class ProcessBox: @unchecked Sendable {
    private let process: Process

    init(_ process: Process) { self.process = process }

    /// At once: all that a run writes lies in a directory that goes with it, and a process that has not yet come to
    /// its signal handlers would miss anything milder.
    func kill() { if process.isRunning { _ = Foundation.kill(process.processIdentifier, SIGKILL) } }
}
