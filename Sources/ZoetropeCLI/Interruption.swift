import ArgumentParser
import Dispatch
import Foundation
import Zoetrope

/// Runs `work`; Ctrl-C and a polite kill cancel it, and `note` says what is left then.
///
/// - Parameter note: says after a cancellation what is left
/// - Throws: what `work` throws; `ExitCode(130)` after a cancellation, as shells expect
func cancellable<Result: Sendable>(
    _ progress: ProgressPrinter, note: () -> String = { "cancelled; no clip was written" },
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
        progress.line(note())
        throw ExitCode(130)
    } catch {
        progress.end()
        throw error
    }
}

/// What is left of a run that was cancelled.
func cancellation(of checkpoint: String?) -> String {
    guard let run = checkpoint.flatMap({ try? UnfinishedRun(in: $0) }) else {
        return "cancelled; no clip was written"
    }
    return "cancelled after step \(run.step) of \(run.settings.steps). Go on with: \(run.command)"
}
