internal import Patching
internal import Sampling
internal import Tensors
internal import Transformer

/// Noise to clean latent, at the patch size that the settings give to each step.
struct LatentSampling: Sendable {
    private let settings: GenerationSettings
    private let transformer: DiTConfig
    /// `[z, f, h, w]`
    let shape: [Int]
    /// One for each step.
    private let patchifiers: [Patchifier]

    /// - Throws: ``SettingsError`` for a patch schedule that does not fit the model or the steps
    init(_ settings: GenerationSettings, of directory: ModelDirectory) throws {
        let shape = directory.latentShape(
            width: settings.width, height: settings.height, frames: settings.frames)
        self.settings = settings
        self.shape = shape
        transformer = directory.transformer
        patchifiers = try directory.patchSizes(of: settings).map { patch in
            Patchifier(patch, frames: shape[1], height: shape[2], width: shape[3])
        }
    }

    /// Tokens that the transformer works on at each step.
    var stepTokens: [Int] { patchifiers.map(\.grid.tokens) }

    /// - Parameters:
    ///   - pictures: what the transformer sees beside the latent
    ///   - onStep: told after each step which it was and what it took
    /// - Returns: the clean latent `[z, f, h, w]`
    /// - Throws: `CancellationError`
    func sample(
        with transformer: DiT, given contexts: Contexts, and pictures: PictureGuidance,
        onStep: (_ index: Int, _ seconds: Double) -> Void
    ) throws -> Tensor {
        var layouts: [PatchSize: TokenLayout] = [:]
        var generator = SeededNoise(seed: settings.seed)
        let conditional = Branch(
            memory: try transformer.remember(
                contexts.prompt, slots: Contexts.slots, image: pictures.tokens),
            condition: pictures.conditional)
        let unconditional = try contexts.negative.map { negative in
            Branch(
                memory: try transformer.remember(negative, slots: Contexts.slots, image: pictures.tokens),
                condition: pictures.unconditional)
        }
        return try sampler.denoise(generator.normal(shape: shape)) { latent, step in
            let start = ContinuousClock.now
            let patchifier = patchifiers[step.index]
            let layout = layouts[patchifier.grid.patch] ?? layout(of: patchifier.grid)
            layouts[layout.patch] = layout
            let guided = try RunScope.during("step \(step.index + 1)") {
                try guidedVelocity(conditional, awayFrom: unconditional) { branch in
                    let tokens = patchifier.patchify(branch.input(latent))
                    return patchifier.unpatchify(
                        try transformer(tokens, in: layout, at: step.timestep, given: branch.memory))
                }
            }
            onStep(step.index, Stopwatch.seconds(ContinuousClock.now - start))
            return guided
        }
    }

    private func layout(of grid: TokenGrid) -> TokenLayout {
        let rope = RotaryTable(grid, base: transformer.patch, headWidth: transformer.headWidth)
        return TokenLayout(patch: grid.patch, rope: rope)
    }

    /// One velocity at guidance 1, else the conditional one led away from the unconditional one.
    private func guidedVelocity(
        _ conditional: Branch, awayFrom unconditional: Branch?, _ velocity: (Branch) throws -> Tensor
    ) rethrows -> Tensor {
        let towards = try RunScope.during("conditional pass") { try velocity(conditional) }
        guard let unconditional else { return towards }
        let away = try RunScope.during("unconditional pass") { try velocity(unconditional) }
        return guide(towards, awayFrom: away, scale: Float(settings.guidance))
    }

    private var sampler: Sampling.Sampler {
        Sampling.Sampler(
            SamplingSettings(
                sampler: settings.sampler == .euler ? .euler : .unipc, steps: settings.steps,
                shift: settings.shift))
    }
}

/// States of the prompts' tokens, each `[n, C]`; the transformer sees zeros behind them.
///
/// - Source: diffusers 0.42.1 `pipelines/wan/pipeline_wan.py`, `_get_t5_prompt_embeds`
struct Contexts {
    /// Rows that Wan was trained with.
    static let slots = 512

    let prompt: Tensor
    /// nil at guidance 1, which needs one pass only.
    let negative: Tensor?
}

/// One of the two passes of guidance.
private struct Branch {
    let memory: PromptMemory
    /// `[m + z, f, h, w]`; nil for models that take no pictures.
    let condition: Tensor?

    /// The latent with the condition beside it, `[2 z + m, f, h, w]`.
    func input(_ latent: Tensor) -> Tensor {
        condition.map { Tensor.concatenated([latent, $0]) } ?? latent
    }
}

extension GenerationSettings {
    var transformerPrecision: Tensors.Precision {
        switch precision ?? .fp32 {
        case .fp32: .float32
        case .int8: .int8
        }
    }
}
