internal import Tensors

/// What a plan says of memory and work.
public protocol CostPlan: Codable, Equatable, Sendable {
    /// What is done to hold less; nothing without a cap.
    var savings: MemorySavings { get }
    /// Largest resident set that the run will reach: tensors, weights as far as they are read, libraries.
    var peakBytes: Int { get }
    /// Of that, what the program and its libraries take.
    var libraryBytes: Int { get }
    /// Of the file beside the output in which the autoencoder remembers frames; 0 where it remembers them in memory.
    var fileBytes: Int { get }
    /// What each stage holds when it holds most, in the order of the stages; libraries not included.
    var memory: [StageMemory] { get }
    /// Operations of each stage by kind of work, an addition and a multiplication counting as two.
    var operations: [String: [String: Int]] { get }
}

extension CostPlan {
    /// The stage that holds most.
    public var peakStage: StageMemory? { memory.max { $0.peakBytes < $1.peakBytes } }

    /// The plan with the first of `choices` that keeps the run below the cap, or without a cap with the very first.
    ///
    /// - Parameters:
    ///   - choices: the cheapest first
    ///   - plan: goes through the run with these savings
    /// - Throws: ``MemoryError/capTooSmall(cap:smallest:stage:)``
    static func cheapest(
        under cap: Int?, of choices: [MemorySavings], _ plan: (MemorySavings) throws -> Self
    ) throws -> Self {
        var smallest: Self?
        for savings in choices {
            let found = try plan(savings)
            guard let cap, found.peakBytes > cap else { return found }
            if found.peakBytes <= smallest?.peakBytes ?? .max { smallest = found }
        }
        throw MemoryError.capTooSmall(
            cap: cap ?? 0, smallest: smallest?.peakBytes ?? 0, stage: smallest?.peakStage?.stage ?? .load)
    }
}

extension LedgerReport {
    /// By stage and kind of work.
    var operations: [String: [String: Int]] {
        var operations: [String: [String: Int]] = [:]
        for work in work {
            operations[work.stage, default: [:]][work.kind.rawValue, default: 0] += work.operations
        }
        return operations
    }
}
