internal import Layers
internal import Tensors

/// What a run would hold and compute, before anything of it is loaded.
public struct RunPlan: Codable, Equatable, Sendable {
    public var settings: GenerationSettings
    /// What is done to hold less; nothing without a cap.
    public var savings: MemorySavings
    /// Tokens that the transformer works on at each step.
    public var stepTokens: [Int]
    /// Largest resident set that the run will reach: tensors, weights as far as they are read, libraries.
    public var peakBytes: Int
    /// Of that, what the program and its libraries take.
    public var libraryBytes: Int
    /// Of the file beside the output in which the autoencoder remembers frames; 0 where it remembers them in memory.
    public var fileBytes: Int
    /// What each stage holds when it holds most, in the order of the stages; libraries not included.
    public var memory: [StageMemory]
    /// Operations of each stage by kind of work, an addition and a multiplication counting as two.
    public var operations: [String: [String: Int]]
    /// Seconds of each stage at the machine's rates; reading from a disk that is slower than the work is not in them.
    public var seconds: [String: Double]?

    /// Fills in the seconds.
    public mutating func time(at rates: MachineRates) { seconds = operations.mapValues { rates.seconds($0) } }

    public var totalSeconds: Double? { seconds.map { $0.values.reduce(0, +) } }

    /// The stage that holds most.
    public var peakStage: StageMemory? { memory.max { $0.peakBytes < $1.peakBytes } }
}

extension VideoGenerator {
    /// Says what a run would hold and compute.
    ///
    /// - Parameters:
    ///   - settings: from ``resolve(_:)`` or a recipe
    ///   - options: with ``RunOptions/maxMemory``, the plan under that cap
    /// - Throws: what ``generate(_:to:options:onEvent:)`` would throw before it computes,
    ///   ``MemoryError/capTooSmall(cap:smallest:stage:)`` included
    public func plan(
        _ settings: GenerationSettings, options: RunOptions = RunOptions()
    ) throws -> RunPlan {
        try check(settings)
        let library = libraryMemory(settings, options)
        guard let cap = options.maxMemory, options.savings == nil else {
            return try plan(settings, options, options.savings ?? MemorySavings(), library)
        }
        for savings in MemorySavings.choices {
            let plan = try plan(settings, options, savings, library)
            if plan.peakBytes <= cap { return plan }
        }
        let smallest = try smallestPlan(settings, options: options)
        throw MemoryError.capTooSmall(
            cap: cap, smallest: smallest.peakBytes, stage: smallest.peakStage?.stage ?? .load)
    }

    /// The plan with every saving that there is.
    ///
    /// - Throws: as ``plan(_:options:)``
    public func smallestPlan(
        _ settings: GenerationSettings, options: RunOptions = RunOptions()
    ) throws -> RunPlan {
        try check(settings)
        return try plan(settings, options, .all, libraryMemory(settings, options))
    }

    private func plan(
        _ settings: GenerationSettings, _ options: RunOptions, _ savings: MemorySavings,
        _ library: LibraryMemory
    ) throws -> RunPlan {
        let file = FrameFile(savings, beside: "")
        let run = GenerationRun(
            directory: directory, settings: settings, output: "", options: options, savings: savings,
            frameFile: file, workers: Self.workers(options), onEvent: { _ in })
        let (books, stepTokens) = try run.rehearse()
        var operations: [String: [String: Int]] = [:]
        for work in books.work {
            operations[work.stage, default: [:]][work.kind.rawValue, default: 0] += work.operations
        }
        return RunPlan(
            settings: settings, savings: savings, stepTokens: stepTokens,
            peakBytes: library.bytes + books.peakBytes, libraryBytes: library.bytes,
            fileBytes: file?.mostBytes ?? 0, memory: books.stageMemory, operations: operations)
    }

    private func libraryMemory(_ settings: GenerationSettings, _ options: RunOptions) -> LibraryMemory {
        LibraryMemory(
            threads: Self.workers(options).threads, width: settings.width, height: settings.height,
            frames: settings.frames)
    }
}
