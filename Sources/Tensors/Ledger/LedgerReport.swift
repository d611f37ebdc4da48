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

/// How often a run has asked for memory.
package struct AllocationCounts: Equatable, Sendable {
    /// Tensors, operands and scratch, of any size.
    package var allocations = 0
    /// Bytes of large blocks that the system gave, because none that waited would do. Each of their pages is zeroed and
    /// mapped when it is first touched, so a step that goes on as the one before should need none.
    package var freshBytes = 0

    package init(allocations: Int = 0, freshBytes: Int = 0) {
        (self.allocations, self.freshBytes) = (allocations, freshBytes)
    }

    package static func - (all: Self, earlier: Self) -> Self {
        Self(
            allocations: all.allocations - earlier.allocations,
            freshBytes: all.freshBytes - earlier.freshBytes)
    }
}
