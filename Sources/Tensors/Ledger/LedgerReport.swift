/// What the books of a run say.
package struct LedgerReport: Codable, Equatable, Sendable {
    /// Bytes of one label.
    package struct Entry: Codable, Equatable, Sendable {
        package let label: MemoryLabel
        package let bytes: Int
    }

    /// One stage of a run at the moment when most was held in it, what other stages still held included.
    package struct StagePeak: Codable, Equatable, Sendable {
        package let name: String
        package let peakBytes: Int
        package let atPeak: [Entry]
    }

    /// What one part of the model computed in one way.
    package struct Work: Codable, Equatable, Sendable {
        package let stage: String
        package let owner: String
        package let kind: WorkKind
        package let calls: Int
        package let operations: Int
        /// On the wall; of a plan 0, nearly.
        package let seconds: Double
    }

    package let stages: [StagePeak]
    package let work: [Work]

    package var peakBytes: Int { stages.map(\.peakBytes).max() ?? 0 }
}
