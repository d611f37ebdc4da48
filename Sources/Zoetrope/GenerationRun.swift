internal import Checkpoints
internal import Kernels
internal import Layers
internal import Pictures
internal import Sampling
internal import Tensors
internal import TextEncoding
internal import Transformer
internal import VideoWriting

/// One clip from settings to file. The only place where the stages meet.
struct GenerationRun: Sendable {
    let directory: ModelDirectory
    let settings: GenerationSettings
    let output: String
    let options: RunOptions
    var savings = MemorySavings()
    /// Where the autoencoder remembers frames; nil is in memory.
    var frameFile: FrameFile?
    /// What the plan says that the file takes.
    var frameFileBytes = 0
    /// Nil for a new run.
    var resumed: UnfinishedRun?
    let workers: Workers
    let onEvent: @Sendable (GenerationEvent) -> Void

    func perform() throws -> GenerationReport {
        let ledger = MemoryLedger(savings, keepsTimeline: options.recorder != nil)
        options.recorder?.keep(ledger)
        return try RunScope.of(ledger) { try perform(ledger) }
    }

    private func perform(_ ledger: MemoryLedger) throws -> GenerationReport {
        let log = RunLog()
        let pictures = resumed?.isSampled == true ? nil : try PictureInput(settings)
        let recipe =
            try resumed?.recipe
            ?? Recipe(zoetrope: zoetropeVersion, model: try directory.identity(), settings: settings)
        let writer = try VideoWriter(
            path: output, width: settings.width, height: settings.height,
            framesPerSecond: settings.framesPerSecond, recipe: try recipe.json())
        try frameFile?.open(byteCount: frameFileBytes)
        let sampling = try LatentSampling(settings, of: directory)
        if let path = options.latents { try LatentFile.checkWritable(path, shape: sampling.shape) }
        let steps = try options.stepLatents.map {
            try StepLatents($0, steps: settings.steps, shape: sampling.shape)
        }
        let kept = try KeptWork(
            self, recipe: recipe, partialOutput: writer.partialName,
            from: try resumed?.state(of: sampling.shape) ?? sampling.start)
        try announce(sampling, pictures, log)
        do {
            let latent = try cleanLatent(sampling, showing: pictures, from: kept.state, log) {
                try steps?.append($0.latent)
                try kept.keep($0)
            }
            try keep(latent, recipe: recipe, kept)
            try decodeFrames(of: latent, log) { try writer.write(try Frame(decoded: $0)) }
            try writer.finish()
        } catch {
            throw kept.failure(error)
        }
        kept.complete()
        return report(log, recipe: recipe, sampling, ledger)
    }

    /// Tells what is begun, and what the user should know of it.
    private func announce(_ sampling: LatentSampling, _ pictures: PictureInput?, _ log: RunLog) throws {
        onEvent(.started(settings, stepTokens: sampling.stepTokens))
        let ways = savings.note(
            cap: options.maxMemory, fileBytes: frameFileBytes,
            streamedBytes: try directory.streamedBytes(savings))
        let warnings = [
            frameFile?.warning, try directory.untrainedPatchWarning(of: settings), Machine.blasWarning,
        ]
        let notes = [ways, resumed?.note].compactMap { $0 } + (pictures?.notes ?? [])
        for note in notes + (settings.compression?.notes(on: sampling.grids) ?? []) { onEvent(.note(note)) }
        for warning in (resumed?.warnings ?? []) + warnings.compactMap({ $0 }) { warn(warning, log) }
    }

    /// Prompts, pictures and noise to clean latent `[z, f, h, w]`.
    ///
    /// - Parameter afterStep: told where the run stands
    func cleanLatent(
        _ sampling: LatentSampling, showing pictures: PictureInput?, from start: RunState,
        _ log: RunLog, afterStep: (RunState) throws -> Void
    ) throws -> Tensor {
        if start.step == settings.steps { return start.sampling.latent }
        let contexts = try encodePrompts(log)
        let guidance = try pictureGuidance(sampling, showing: pictures, given: contexts, log)
        return try sampleLatent(
            sampling, given: contexts, and: guidance, from: start,
            afterSteps: settings.ownImage == true ? settings.steps : 0, log, afterStep: afterStep)
    }

    /// Prompt to states of its tokens `[n, C]`; the text encoder is gone afterwards.
    private func encodePrompts(_ log: RunLog) throws -> Contexts {
        let encoder = try load("text_encoder", log) {
            try TextEncoder(
                WeightScope(try directory.checkpoint(of: "text_encoder")),
                config: directory.textEncoder, on: workers)
        }
        let tokenizer = try PromptTokenizer(directory: directory.component("tokenizer"))
        onEvent(.stage(.encode))
        return try log.measure(.encode) {
            let texts = [settings.prompt] + (settings.guidance == 1 ? [] : [settings.negativePrompt])
            let contexts = try encoder.encode(try texts.map { try tokens(of: $0, tokenizer, log) })
            return Contexts(prompt: contexts[0], negative: contexts.count > 1 ? contexts[1] : nil)
        }
    }

    /// Noise to clean latent `[z, f, h, w]`; the transformer is gone afterwards.
    ///
    /// - Parameters:
    ///   - start: where the sampling stands
    ///   - earlier: steps of a first clip
    ///   - afterStep: told where it stands then
    func sampleLatent(
        _ sampling: LatentSampling, given contexts: Contexts, and pictures: PictureGuidance,
        from start: RunState, afterSteps earlier: Int = 0, _ log: RunLog,
        afterStep: (RunState) throws -> Void
    ) throws -> Tensor {
        let transformer = try load("transformer", log) {
            try DiT(
                WeightScope(try directory.checkpoint(of: "transformer")), config: directory.transformer,
                furtherSizes: directory.furtherPatchSizes,
                resizedSizes: try directory.untrainedPatchSizes(of: settings),
                settings: transformerSettings, on: workers)
        }
        onEvent(.stage(.sample))
        return try log.measure(.sample) {
            try sampling.sample(with: transformer, given: contexts, and: pictures, from: start) {
                state, passes, seconds in
                try workers.checkCancellation()
                try afterStep(state)
                log.stepSeconds.append(seconds)
                log.stepPasses.append(passes)
                onEvent(
                    .step(
                        index: earlier + state.step - 1, count: sampling.stepTokens.count, seconds: seconds,
                        passes: passes))
            }
        }
    }

    /// Clean latent to frames, each given away as it comes.
    func decodeFrames(of latent: Tensor, _ log: RunLog, _ write: (Tensor) throws -> Void) throws {
        try FrameDecoding(directory: directory, file: frameFile, workers: workers, onEvent: onEvent)
            .run(latent, frames: settings.frames, log, write)
    }

    private var transformerSettings: TransformerSettings {
        var choice = TransformerSettings(precision: settings.transformerPrecision)
        choice.streamsWeights = savings.streamsWeights
        return choice
    }

    private func warn(_ text: String, _ log: RunLog) {
        log.warnings.append(text)
        onEvent(.warning(text))
    }

    private func tokens(of prompt: String, _ tokenizer: PromptTokenizer, _ log: RunLog) throws -> [Int32] {
        let tokens = try tokenizer.tokenize(prompt)
        tokens.warning.map { warn($0, log) }
        return tokens.ids
    }

    private func keep(_ latent: Tensor, recipe: Recipe, _ kept: KeptWork) throws {
        guard let path = options.latents else { return }
        try LatentFile.write(latent, recipe: recipe, to: path)
        kept.keepLatents(in: path)
    }

    func load<Part>(_ component: String, _ log: RunLog, _ body: () throws -> Part) throws -> Part {
        onEvent(.stage(.load))
        return try log.load(component, body)
    }

    private func report(
        _ log: RunLog, recipe: Recipe, _ sampling: LatentSampling, _ ledger: MemoryLedger
    ) -> GenerationReport {
        GenerationReport(
            output: output, latents: options.latents, recipe: recipe, resumedAfterStep: resumed?.step,
            seconds: log.watch.seconds, totalSeconds: log.watch.totalSeconds, stepSeconds: log.stepSeconds,
            stepPasses: log.stepPasses, peakResidentBytes: peakResidentBytes(),
            tokens: sampling.stepTokens.max() ?? 0, stepTokens: sampling.stepTokens,
            mergedStepTokens: sampling.mergedStepTokens,
            threads: workers.threads,
            kernels: Machine.kernelSet, blasCore: Machine.blasCore, blasVersion: Machine.blasVersion,
            memory: ledger.report.stageMemory, warnings: log.warnings)
    }
}
