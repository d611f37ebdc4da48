import ArgumentParser
import Dispatch
import Foundation
import Zoetrope

/// Runs `work`; Ctrl-C and a polite kill cancel it, and then nothing of its output is left.
///
/// - Parameter checkpoint: where the run is kept, to say how to go on
/// - Throws: what `work` throws; `ExitCode(130)` after a cancellation, as shells expect
func cancellable<Result: Sendable>(
    _ progress: ProgressPrinter, checkpoint: String? = nil,
    _ work: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    let task = Task { try await work() }
    let sources = [SIGINT, SIGTERM].map { number in
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler { task.cancel() }
        source.activate()
        return source
    }
    defer { sources.forEach { $0.cancel() } }
    do {
        return try await task.value
    } catch is CancellationError {
        progress.end()
        progress.line(cancellation(of: checkpoint))
        throw ExitCode(130)
    } catch {
        progress.end()
        throw error
    }
}

private func cancellation(of checkpoint: String?) -> String {
    guard let run = checkpoint.flatMap({ try? UnfinishedRun(in: $0) }) else {
        return "cancelled; nothing was written"
    }
    return "cancelled after step \(run.step) of \(run.settings.steps). Go on with: \(run.command)"
}
