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
    /// One for each step.
    private let plans: [StepPlan]

    /// - Throws: ``SettingsError`` for a patch schedule that does not fit the model or the steps,
    ///   ``OptionError``
    init(_ settings: GenerationSettings, of directory: ModelDirectory) throws {
        let shape = directory.latentShape(
            width: settings.width, height: settings.height, frames: settings.frames)
        self.settings = settings
        self.shape = shape
        transformer = directory.transformer
        let patches = try directory.patchSizes(of: settings)
        plans = try StepPlan.plans(of: settings, patches: patches)
        patchifiers = patches.map { patch in
            Patchifier(patch, frames: shape[1], height: shape[2], width: shape[3])
        }
    }

    /// Tokens that the transformer works on at each step.
    var stepTokens: [Int] { grids.map(\.tokens) }

    /// Token grid of each step.
    var grids: [TokenGrid] { patchifiers.map(\.grid) }

    /// Noise of the settings' seed, before the first step.
    var start: RunState {
        var generator = SeededNoise(seed: settings.seed)
        return RunState(sampling: SamplingState(noise: generator.normal(shape: shape)))
    }

    /// - Parameters:
    ///   - pictures: what the transformer sees beside the latent
    ///   - start: ``start``, or where an earlier run with the same settings stood
    ///   - onStep: told after each step where the run stands, what the step computed and what it took
    /// - Returns: the clean latent `[z, f, h, w]`
    /// - Throws: `CancellationError`; what `onStep` throws
    func sample(
        with transformer: DiT, given contexts: Contexts, and pictures: PictureGuidance,
        from start: RunState,
        onStep: (_ state: RunState, _ passes: StepPasses, _ seconds: Double) throws -> Void
    ) throws -> Tensor {
        let transformerPasses = try TransformerPasses(transformer, given: contexts, and: pictures)
        var layouts: [PatchSize: TokenLayout] = [:]
        var reuse = start.reuse
        var (kinds, seconds) = (StepPasses(conditional: .computed, unconditional: .none), 0.0)
        return try Sampling.Sampler(SamplingSettings(settings)).denoise(start.sampling) { latent, step in
            let began = ContinuousClock.now
            let layout = layouts[grids[step.index].patch] ?? layout(of: grids[step.index])
            layouts[layout.patch] = layout
            let tokenStep = TransformerPasses.Step(
                patchifier: patchifiers[step.index], layout: layout, timestep: step.timestep,
                compression: settings.compression?.at(step: step.index) ?? TokenCompression())
            let passes = GuidedPasses(
                plans[step.index], caching: settings.cache, scale: Float(settings.guidance),
                rule: settings.guidanceRule ?? .cfg
            ) { kind, cache, rule in
                try transformerPasses.velocity(of: latent, kind, at: tokenStep, &cache, rule)
            }
            let guided: Tensor
            (guided, kinds) = try RunScope.during("step \(step.index + 1)") {
                try passes.velocity(with: &reuse)
            }
            seconds = Stopwatch.seconds(ContinuousClock.now - began)
            return guided
        } afterStep: {
            try onStep(RunState(sampling: $0, reuse: reuse), kinds, seconds)
        }
    }

    private func layout(of grid: TokenGrid) -> TokenLayout {
        let rope = RotaryTable(grid, base: transformer.patch, headWidth: transformer.headWidth)
        return TokenLayout(grid, rope: rope)
    }
}

extension SamplingSettings {
    init(_ settings: GenerationSettings) {
        self.init(
            sampler: settings.sampler == .euler ? .euler : .unipc, steps: settings.steps,
            shift: settings.shift)
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

extension GenerationSettings {
    var transformerPrecision: Tensors.Precision {
        switch precision ?? .fp32 {
        case .fp32: .float32
        case .fp16: .float16
        case .int8: .int8
        }
    }
}
