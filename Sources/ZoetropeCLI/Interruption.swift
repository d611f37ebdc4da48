import ArgumentParser
import Dispatch
import Foundation

/// Runs `work`; Ctrl-C and a polite kill cancel it, and then no clip is left.
///
/// - Throws: what `work` throws; `ExitCode(130)` after a cancellation, as shells expect
func cancellable<Result: Sendable>(
    _ progress: ProgressPrinter, _ work: @escaping @Sendable () async throws -> Result
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
        progress.line("cancelled; no clip was written")
        throw ExitCode(130)
    } catch {
        progress.end()
        throw error
    }
}
