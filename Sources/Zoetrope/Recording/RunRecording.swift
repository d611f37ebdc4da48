internal import Tensors

/// What a run held and computed, and when. Times are nanoseconds since the recorder was made.
public struct RunRecording: Codable, Equatable, Sendable {
    /// Where memory belongs and where work happens.
    public struct Label: Codable, Equatable, Sendable {
        /// Of the run; empty outside of a stage.
        public var stage: String
        /// Part of the model, such as `blocks.7`; empty where none is named.
        public var owner: String
        /// As in ``MemoryPart/use``.
        public var use: String
    }

    /// What a label holds after a change.
    public struct MemoryChange: Codable, Equatable, Sendable {
        public var nanoseconds: Int
        /// Position in ``RunRecording/labels``.
        public var label: Int
        public var bytes: Int
    }

    /// Something that took time. Spans lie inside one another or beside one another.
    public struct Span: Codable, Equatable, Sendable {
        public enum Category: String, Codable, CaseIterable, Sendable {
            case stage
            /// A part of the model.
            case owner
            /// A part of the run, such as a step.
            case part
            case kernel
        }

        public var category: Category
        /// Of kernels their kind, as in ``RunPlan/operations``.
        public var name: String
        /// Position in ``RunRecording/labels``.
        public var label: Int
        public var begin: Int
        public var end: Int
        /// Of kernels, an addition and a multiplication counting as two; else 0.
        public var operations: Int
    }

    public var labels: [Label]
    /// In the order of time.
    public var changes: [MemoryChange]
    /// Inner ones before those around them.
    public var spans: [Span]
    /// What each stage held when it held most, in the order of the stages.
    public var memory: [StageMemory]
    /// What the recorder itself took.
    public var recorderBytes: Int
}

extension RunRecording {
    init(_ ledger: MemoryLedger, since start: ContinuousClock.Instant) {
        let offset = start.nanoseconds(to: ledger.start)
        let recording = ledger.recording ?? LedgerRecording()
        labels = recording.labels.map { Label(stage: $0.stage, owner: $0.owner, use: $0.use.rawValue) }
        changes = recording.changes.map {
            MemoryChange(nanoseconds: $0.nanoseconds + offset, label: Int($0.label), bytes: $0.bytes)
        }
        spans = recording.spans.map { Span($0, offset: offset, in: recording) }
        memory = ledger.report.stageMemory
        recorderBytes = recording.byteCount
    }
}

extension RunRecording.Span {
    fileprivate init(_ span: LedgerRecording.Span, offset: Int, in recording: LedgerRecording) {
        let place = recording.labels[Int(span.label)]
        (label, begin, end, operations) = (
            Int(span.label), span.begin + offset, span.end + offset, span.operations
        )
        switch span.subject {
        case .stage: (category, name) = (.stage, place.stage)
        case .owner: (category, name) = (.owner, place.owner)
        case let .part(index): (category, name) = (.part, recording.names[Int(index)])
        case let .kernel(kind): (category, name) = (.kernel, kind.rawValue)
        }
    }
}
