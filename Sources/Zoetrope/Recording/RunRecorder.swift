import Synchronization
package import Tensors

/// Keeps what one run does and holds, with times: give it to the run's ``RunOptions`` and read ``recording`` afterwards,
/// also when the run failed or was cancelled.
public final class RunRecorder: Sendable {
    /// Times of the recording count from here.
    public let start = ContinuousClock.now
    private let books = Mutex<MemoryLedger?>(nil)

    public init() {}

    /// What the run did until now; empty before it has begun.
    public var recording: RunRecording {
        let ledger = books.withLock { $0 } ?? MemoryLedger(keepsTimeline: true)
        return RunRecording(ledger, since: start)
    }

    /// How often the run has asked for memory until now.
    package var counts: AllocationCounts { books.withLock { $0?.counts } ?? AllocationCounts() }

    func keep(_ ledger: MemoryLedger) { books.withLock { $0 = ledger } }
}

extension RunRecorder: Equatable {
    public static func == (one: RunRecorder, other: RunRecorder) -> Bool { one === other }
}
