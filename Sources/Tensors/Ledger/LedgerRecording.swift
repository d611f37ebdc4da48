/// What happened in a run, in the order in which the ledger entered it. Numbers only: an entry takes some tens of
/// nanoseconds and of bytes, and text is made of it when it is written.
package struct LedgerRecording: Sendable {
    /// What an account holds after a change.
    package struct Change: Sendable {
        /// Since the ledger was opened.
        package let nanoseconds: Int
        package let bytes: Int
        /// Position in ``labels``.
        package let label: Int32
    }

    /// Something that took time.
    package struct Span: Sendable {
        /// Since the ledger was opened.
        package let begin: Int
        package let end: Int
        /// Of kernels; else 0.
        package let operations: Int
        /// Position in ``labels``: where it happened.
        package let label: Int32
        package let subject: Subject
    }

    /// What a span is of; stages and owners have their name in the label.
    package enum Subject: Sendable {
        case stage, owner
        /// Position in ``names``.
        case part(Int32)
        case kernel(WorkKind)
    }

    package init() {}

    package private(set) var changes: [Change] = []
    /// Inner ones before those around them.
    package private(set) var spans: [Span] = []
    package private(set) var names: [String] = []
    private var places: [String: Int32] = [:]
    /// Filled when the recording is read.
    package var labels: [MemoryLabel] = []

    mutating func enter(_ change: Change) { changes.append(change) }

    mutating func enter(_ span: Span) { spans.append(span) }

    mutating func part(_ name: String) -> Subject {
        if let place = places[name] { return .part(place) }
        let place = Int32(names.count)
        places[name] = place
        names.append(name)
        return .part(place)
    }

    /// What the recording itself takes.
    package var byteCount: Int {
        changes.count * MemoryLayout<Change>.stride + spans.count * MemoryLayout<Span>.stride
    }
}

extension MemoryLedger {
    /// What a run did until now; nil where the ledger keeps no timeline.
    package var recording: LedgerRecording? {
        withRecording { recording, labels in
            var recording = recording
            recording.labels = labels
            return recording
        }
    }

    /// Keeps that `subject` took some time.
    func record(
        _ subject: LedgerRecording.Subject, _ operations: Int = 0, at account: Account,
        from begin: ContinuousClock.Instant, to end: ContinuousClock.Instant
    ) {
        changeRecording { $0.enter(span(subject, operations, at: account, from: begin, to: end)) }
    }

    func record(
        part name: String, at account: Account, from begin: ContinuousClock.Instant,
        to end: ContinuousClock.Instant
    ) {
        changeRecording { $0.enter(span($0.part(name), 0, at: account, from: begin, to: end)) }
    }

    private func span(
        _ subject: LedgerRecording.Subject, _ operations: Int, at account: Account,
        from begin: ContinuousClock.Instant, to end: ContinuousClock.Instant
    ) -> LedgerRecording.Span {
        LedgerRecording.Span(
            begin: start.nanoseconds(to: begin), end: start.nanoseconds(to: end), operations: operations,
            label: Int32(account), subject: subject)
    }
}

extension ContinuousClock.Instant {
    package func nanoseconds(to other: Self) -> Int {
        let (seconds, attoseconds) = duration(to: other).components
        return Int(seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000)
    }
}
