extension VideoGenerator {
    /// Goes on with a run: the same bytes as without interruption, on the same machine with the same version.
    ///
    /// - Parameters:
    ///   - output: nil takes the place that the run was told
    ///   - threads: nil takes as many as the run was told
    ///   - maxMemory: bytes; nil takes the cap that the run was told
    ///   - onEvent: called from the thread that computes
    /// - Throws: as ``generate(_:to:options:onEvent:)``; ``RunDirectoryError``,
    ///   ``RecipeError/otherModel(path:expected:found:)`` before weights are loaded
    public func resume(
        _ run: UnfinishedRun, to output: String? = nil, threads: Int? = nil, maxMemory: Int? = nil,
        onEvent: @escaping @Sendable (GenerationEvent) -> Void = { _ in }
    ) async throws -> GenerationReport {
        try requireSameModel(as: run.recipe, from: run.directory)
        let checkpoint = CheckpointOptions(directory: run.directory, every: run.instructions.checkpointEvery)
        let options = RunOptions(
            threads: threads ?? run.threads, latents: run.instructions.latents,
            maxMemory: maxMemory ?? run.instructions.maxMemory, checkpoint: checkpoint)
        return try await generate(
            run.settings, to: output ?? run.output, options: options, goingOnWith: run, onEvent: onEvent)
    }
}
