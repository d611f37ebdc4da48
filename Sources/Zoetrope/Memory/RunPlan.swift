internal import Tensors

/// What a run would hold and compute, before anything of it is loaded.
public struct RunPlan: Codable, Equatable, Sendable {
    public var settings: GenerationSettings
    /// Tokens that the transformer works on at each step.
    public var stepTokens: [Int]
    /// Largest resident set that the run will reach.
    public var peakBytes: Int
    /// Of that, what the program and its libraries take, whatever is run.
    public var programBytes: Int
    /// What each stage holds when it holds most, in the order of the stages.
    public var memory: [StageMemory]
    /// Operations of each stage by kind of kernel.
    public var operations: [String: [String: Int]]
}

extension VideoGenerator {
    /// Says what a run would hold and compute.
    ///
    /// - Parameter settings: from ``resolve(_:)`` or a recipe
    /// - Throws: what ``generate(_:to:options:onEvent:)`` would throw before it computes
    public func plan(_ settings: GenerationSettings, options: RunOptions = RunOptions()) throws -> RunPlan {
        try check(settings)
        let program = residentBytes() ?? 0
        let run = GenerationRun(
            directory: directory, settings: settings, output: "", options: options,
            workers: Self.workers(options), onEvent: { _ in })
        let (books, stepTokens) = try run.rehearse()
        var operations: [String: [String: Int]] = [:]
        for work in books.work {
            operations[work.stage, default: [:]][work.kind.rawValue, default: 0] += work.operations
        }
        return RunPlan(
            settings: settings, stepTokens: stepTokens, peakBytes: program + books.peakBytes,
            programBytes: program, memory: books.stageMemory, operations: operations)
    }
}
