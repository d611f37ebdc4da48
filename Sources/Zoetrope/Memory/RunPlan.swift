internal import Checkpoints
internal import Layers
internal import Tensors

/// What a run would hold and compute, before anything of it is loaded.
public struct RunPlan: CostPlan {
    public var settings: GenerationSettings
    public var savings: MemorySavings
    /// Tokens that the transformer works on at each step.
    public var stepTokens: [Int]
    public var peakBytes: Int
    public var libraryBytes: Int
    public var fileBytes: Int
    /// Of the transformer's files, which are read anew at each pass; 0 where they stay in memory.
    public var streamedBytes: Int
    public var memory: [StageMemory]
    public var operations: [String: [String: Int]]
    /// Seconds of each stage at the machine's rates; reading from a disk that is slower than the work is not in them.
    public var seconds: [String: Double]?

    /// Fills in the seconds.
    public mutating func time(at rates: MachineRates) { seconds = operations.mapValues { rates.seconds($0) } }

    public var totalSeconds: Double? { seconds.map { $0.values.reduce(0, +) } }
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
        let choices = options.savings.map { [$0] } ?? MemorySavings.choices
        let cap = options.savings == nil ? options.maxMemory : nil
        return try RunPlan.cheapest(under: cap, of: choices) { try plan(settings, options, $0, library) }
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
        return RunPlan(
            settings: settings, savings: savings, stepTokens: stepTokens,
            peakBytes: library.bytes + books.peakBytes, libraryBytes: library.bytes,
            fileBytes: file?.mostBytes ?? 0,
            streamedBytes: try directory.streamedBytes(savings), memory: books.stageMemory,
            operations: books.operations)
    }

    /// Taken once for all plans of a run: what the process holds grows while plans are made.
    private func libraryMemory(_ settings: GenerationSettings, _ options: RunOptions) -> LibraryMemory {
        LibraryMemory(
            threads: Self.workers(options).threads, width: settings.width, height: settings.height,
            frames: settings.frames)
    }
}

extension ModelDirectory {
    /// Bytes of the transformer's files, where they are read anew at each pass.
    func streamedBytes(_ savings: MemorySavings) throws -> Int {
        savings.streamsWeights ? try checkpoint(of: "transformer").byteCount : 0
    }
}
