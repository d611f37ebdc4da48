extension VideoGenerator {
    /// Goes on with a run: the same bytes as without interruption, on the same machine with the same version.
    ///
    /// - Parameters:
    ///   - output: nil takes the place that the run was told
    ///   - threads: nil takes as many as the run was told
    ///   - onEvent: called from the thread that computes
    /// - Throws: as ``generate(_:to:options:onEvent:)``; ``RunDirectoryError``,
    ///   ``RecipeError/otherModel(path:expected:found:)`` before weights are loaded
    public func resume(
        _ run: UnfinishedRun, to output: String? = nil, threads: Int? = nil,
        onEvent: @escaping @Sendable (GenerationEvent) -> Void = { _ in }
    ) async throws -> GenerationReport {
        try requireSameModel(as: run.recipe, from: run.directory)
        let checkpoint = CheckpointOptions(directory: run.directory, every: run.plan.checkpointEvery)
        let options = RunOptions(
            threads: threads ?? run.threads, latents: run.plan.latents, checkpoint: checkpoint)
        return try await generate(
            run.settings, to: output ?? run.output, options: options, goingOnWith: run, onEvent: onEvent)
    }
}
