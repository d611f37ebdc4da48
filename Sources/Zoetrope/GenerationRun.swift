internal import Checkpoints
internal import Kernels
internal import LatentDecoding
internal import Patching
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
    let workers: Workers
    let onEvent: @Sendable (GenerationEvent) -> Void

    func perform() throws -> GenerationReport {
        let log = RunLog()
        let pictures = try PictureInput(settings)
        let recipe = Recipe(zoetrope: zoetropeVersion, model: try directory.identity(), settings: settings)
        let writer = try VideoWriter(
            path: output, width: settings.width, height: settings.height,
            framesPerSecond: settings.framesPerSecond, recipe: try recipe.json())
        if let path = options.latents { try LatentFile.checkWritable(path, shape: latentShape) }
        onEvent(.started(settings, tokens: patchifier.grid.tokens))
        pictures?.notes.forEach { onEvent(.note($0)) }

        let contexts = try encodePrompts(log)
        let guidance = try encodePictures(pictures, latentShape: latentShape, log)
        let latent = try sampleLatent(given: contexts, and: guidance, log)
        try keep(latent, recipe: recipe)
        try decodeFrames(of: latent, to: writer, log)
        return report(log, recipe: recipe)
    }

    /// Prompt to context `[512, C]`; the text encoder is gone afterwards.
    private func encodePrompts(_ log: RunLog) throws -> Contexts {
        let encoder = try load(log) {
            try TextEncoder(
                WeightScope(try Checkpoint(component: directory.component("text_encoder"))),
                config: directory.textEncoder, on: workers)
        }
        let tokenizer = try PromptTokenizer(directory: directory.component("tokenizer"))
        onEvent(.stage(.encode))
        return try log.measure(.encode) {
            let prompt = try context(of: settings.prompt, tokenizer, encoder, log)
            let negative =
                settings.guidance == 1
                ? nil : try context(of: settings.negativePrompt, tokenizer, encoder, log)
            return Contexts(prompt: prompt, negative: negative)
        }
    }

    /// Noise to clean latent `[z, f, h, w]`.
    private func sampleLatent(
        given contexts: Contexts, and pictures: PictureGuidance, _ log: RunLog
    ) throws -> Tensor {
        let transformer = try load(log) {
            try DiT(
                WeightScope(try Checkpoint(component: directory.component("transformer"))),
                config: directory.transformer, on: workers)
        }
        let rope = RotaryTable(patchifier.grid, headWidth: directory.transformer.headWidth)
        var generator = SeededNoise(seed: settings.seed)
        let noise = generator.normal(shape: latentShape)

        onEvent(.stage(.sample))
        return try log.measure(.sample) {
            try sampler.denoise(noise) { latent, step in
                let start = ContinuousClock.now
                let guided = try guidedVelocity(contexts, pictures) { context, condition in
                    let input = condition.map { Tensor.concatenated([latent, $0]) } ?? latent
                    return patchifier.unpatchify(
                        try transformer(
                            patchifier.patchify(input), at: step.timestep, given: context,
                            image: pictures.tokens, rope: rope))
                }
                let seconds = Stopwatch.seconds(ContinuousClock.now - start)
                log.stepSeconds.append(seconds)
                onEvent(.step(index: step.index, count: step.count, seconds: seconds))
                return guided
            }
        }
    }

    /// Clean latent to frames, each written as it comes.
    private func decodeFrames(of latent: Tensor, to writer: VideoWriter, _ log: RunLog) throws {
        let decoder = try load(log) {
            try LatentDecoder(
                WeightScope(try Checkpoint(component: directory.component("vae"))),
                config: directory.autoencoder,
                on: workers)
        }
        onEvent(.stage(.decode))
        try log.measure(.decode) {
            var index = 0
            try decoder.decode(latent) { picture in
                try writer.write(try Frame(decoded: picture))
                onEvent(.frame(index: index, count: settings.frames))
                index += 1
            }
            try workers.checkCancellation()
            try writer.finish()
        }
    }

    /// One velocity at guidance 1, else the conditional one led away from the unconditional one.
    private func guidedVelocity(
        _ contexts: Contexts, _ pictures: PictureGuidance,
        _ velocity: (_ context: Tensor, _ condition: Tensor?) throws -> Tensor
    ) rethrows -> Tensor {
        let conditional = try velocity(contexts.prompt, pictures.conditional)
        guard let negative = contexts.negative else { return conditional }
        return guide(
            conditional, awayFrom: try velocity(negative, pictures.unconditional),
            scale: Float(settings.guidance))
    }

    private func context(
        of prompt: String, _ tokenizer: PromptTokenizer, _ encoder: TextEncoder, _ log: RunLog
    ) throws -> Tensor {
        let tokens = try tokenizer.tokenize(prompt)
        if let cut = tokens.warning {
            log.warnings.append(cut)
            onEvent(.warning(cut))
        }
        return paddedContext(try encoder.encode(tokens.ids))
    }

    private func keep(_ latent: Tensor, recipe: Recipe) throws {
        guard let path = options.latents else { return }
        try LatentFile.write(latent, recipe: recipe, to: path)
    }

    func load<Part>(_ log: RunLog, _ body: () throws -> Part) throws -> Part {
        onEvent(.stage(.load))
        return try log.measure(.load, body)
    }

    private var latentShape: [Int] {
        let autoencoder = directory.autoencoder
        return [
            directory.latentChannels, (settings.frames - 1) / autoencoder.temporalFactor + 1,
            settings.height / autoencoder.spatialFactor, settings.width / autoencoder.spatialFactor,
        ]
    }

    private var patchifier: Patchifier {
        Patchifier(directory.patch, frames: latentShape[1], height: latentShape[2], width: latentShape[3])
    }

    private var sampler: Sampling.Sampler {
        Sampling.Sampler(
            SamplingSettings(
                sampler: settings.sampler == .euler ? .euler : .unipc, steps: settings.steps,
                shift: settings.shift))
    }

    private func report(_ log: RunLog, recipe: Recipe) -> GenerationReport {
        GenerationReport(
            output: output, latents: options.latents, recipe: recipe, seconds: log.watch.seconds,
            totalSeconds: log.watch.totalSeconds, stepSeconds: log.stepSeconds,
            peakResidentBytes: peakResidentBytes(), tokens: patchifier.grid.tokens, threads: workers.threads,
            kernels: Machine.kernelSet, blasCore: Machine.blasCore, warnings: log.warnings)
    }
}

/// What the prompts mean to the transformer, each `[512, C]`.
private struct Contexts {
    let prompt: Tensor
    /// nil at guidance 1, which needs one pass only.
    let negative: Tensor?
}

/// What a run notes for its report.
final class RunLog {
    private(set) var watch = Stopwatch()
    var stepSeconds: [Double] = []
    var warnings: [String] = []

    func measure<Result>(_ stage: Stage, _ body: () throws -> Result) rethrows -> Result {
        let start = ContinuousClock.now
        defer { watch.add(ContinuousClock.now - start, to: stage) }
        return try body()
    }
}
