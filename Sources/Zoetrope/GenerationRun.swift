internal import Checkpoints
internal import Kernels
internal import LatentDecoding
internal import Pictures
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
    let workers: Workers
    let onEvent: @Sendable (GenerationEvent) -> Void

    func perform() throws -> GenerationReport {
        let ledger = MemoryLedger(keepsTimeline: options.recorder != nil)
        options.recorder?.keep(ledger)
        return try RunScope.of(ledger) { try perform(ledger) }
    }

    private func perform(_ ledger: MemoryLedger) throws -> GenerationReport {
        let log = RunLog()
        let pictures = try PictureInput(settings)
        let recipe = Recipe(zoetrope: zoetropeVersion, model: try directory.identity(), settings: settings)
        let writer = try VideoWriter(
            path: output, width: settings.width, height: settings.height,
            framesPerSecond: settings.framesPerSecond, recipe: try recipe.json())
        let sampling = try LatentSampling(settings, of: directory)
        if let path = options.latents { try LatentFile.checkWritable(path, shape: sampling.shape) }
        onEvent(.started(settings, stepTokens: sampling.stepTokens))
        pictures?.notes.forEach { onEvent(.note($0)) }
        Machine.blasWarning.map { warn($0, log) }

        let contexts = try encodePrompts(log)
        let guidance = try encodePictures(pictures, latentShape: sampling.shape, log)
        let latent = try sampleLatent(sampling, given: contexts, and: guidance, log)
        try keep(latent, recipe: recipe)
        try decodeFrames(of: latent, log) { try writer.write(try Frame(decoded: $0)) }
        try writer.finish()
        return report(log, recipe: recipe, stepTokens: sampling.stepTokens, ledger)
    }

    /// Prompt to states of its tokens `[n, C]`; the text encoder is gone afterwards.
    func encodePrompts(_ log: RunLog) throws -> Contexts {
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

    /// Noise to clean latent `[z, f, h, w]`.
    func sampleLatent(
        _ sampling: LatentSampling, given contexts: Contexts, and pictures: PictureGuidance, _ log: RunLog
    ) throws -> Tensor {
        let transformer = try load("transformer", log) {
            try DiT(
                WeightScope(try directory.checkpoint(of: "transformer")), config: directory.transformer,
                furtherSizes: directory.furtherPatchSizes,
                settings: TransformerSettings(precision: settings.transformerPrecision), on: workers)
        }
        onEvent(.stage(.sample))
        return try log.measure(.sample) {
            try sampling.sample(with: transformer, given: contexts, and: pictures) { index, seconds in
                log.stepSeconds.append(seconds)
                onEvent(.step(index: index, count: settings.steps, seconds: seconds))
            }
        }
    }

    /// Clean latent to frames, each given away as it comes.
    func decodeFrames(of latent: Tensor, _ log: RunLog, _ write: (Tensor) throws -> Void) throws {
        let decoder = try load("vae", log) {
            try LatentDecoder(
                WeightScope(try directory.checkpoint(of: "vae")),
                config: directory.autoencoder,
                on: workers)
        }
        onEvent(.stage(.decode))
        try log.measure(.decode) {
            var index = 0
            try decoder.decode(latent) { picture in
                try RunScope.during("write frame") { try write(picture) }
                onEvent(.frame(index: index, count: settings.frames))
                index += 1
            }
            try workers.checkCancellation()
        }
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

    private func keep(_ latent: Tensor, recipe: Recipe) throws {
        guard let path = options.latents else { return }
        try LatentFile.write(latent, recipe: recipe, to: path)
    }

    func load<Part>(_ component: String, _ log: RunLog, _ body: () throws -> Part) throws -> Part {
        onEvent(.stage(.load))
        return try log.measure(.load) { try RunScope.with(owner: component, use: .weights, body) }
    }

    private func report(_ log: RunLog, recipe: Recipe, stepTokens: [Int], _ ledger: MemoryLedger)
        -> GenerationReport
    {
        GenerationReport(
            output: output, latents: options.latents, recipe: recipe, seconds: log.watch.seconds,
            totalSeconds: log.watch.totalSeconds, stepSeconds: log.stepSeconds,
            peakResidentBytes: peakResidentBytes(), tokens: stepTokens.max() ?? 0, stepTokens: stepTokens,
            threads: workers.threads,
            kernels: Machine.kernelSet, blasCore: Machine.blasCore, blasVersion: Machine.blasVersion,
            memory: ledger.report.stageMemory, warnings: log.warnings)
    }
}
