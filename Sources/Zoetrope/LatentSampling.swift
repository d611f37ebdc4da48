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
    /// Of autoguidance; nil where there is none.
    private let coarse: Patchifier?
    /// One for each step.
    private let plans: [StepPlan]

    /// - Throws: ``SettingsError`` for a patch schedule that does not fit the model or the steps,
    ///   ``OptionError``
    init(_ settings: GenerationSettings, of directory: ModelDirectory) throws {
        let shape = directory.latentShape(
            width: settings.width, height: settings.height, frames: settings.frames)
        var settings = settings
        settings.autoguidance = try directory.autoguidance(of: settings)
        settings.skipGuidance = try directory.skipGuidance(of: settings)
        self.settings = settings
        self.shape = shape
        transformer = directory.transformer
        let patches = try directory.patchSizes(of: settings)
        plans = try StepPlan.plans(of: settings, patches: patches)
        func patchifier(_ patch: PatchSize) -> Patchifier {
            Patchifier(patch, frames: shape[1], height: shape[2], width: shape[3])
        }
        patchifiers = patches.map(patchifier)
        coarse = settings.autoguidance?.patch.map(patchifier)
    }

    /// Tokens that the transformer works on at each step, with an own image those of the first clip before them.
    var stepTokens: [Int] { ofAllClips(grids.map(\.tokens)) }

    /// Of these, those that blocks with merging work on; nil where nothing is merged.
    var mergedStepTokens: [Int]? { settings.compression?.mergedTokens(on: grids).map(ofAllClips) }

    /// Token grid of each step of a clip.
    var grids: [TokenGrid] { patchifiers.map(\.grid) }

    private func ofAllClips(_ steps: [Int]) -> [Int] { settings.ownImage == true ? steps + steps : steps }

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
            let own = tokenStep(
                patchifiers[step.index], at: step.timestep, &layouts,
                leavingOut: settings.compression?.at(step: step.index))
            let plan = plans[step.index]
            let coarser = plan.isAutoguided ? coarse.map { tokenStep($0, at: step.timestep, &layouts) } : nil
            let skipping = own.skipping(settings.skipGuidance?.blocks)
            let passes = GuidedPasses(
                plan, caching: settings.cache, scale: Float(settings.guidance),
                rule: settings.guidanceRule ?? .cfg, autoguidance: Float(settings.autoguidance?.weight ?? 0),
                skipGuidance: Float(settings.skipGuidance?.weight ?? 0)
            ) { kind, cache, rule in
                guard let step = kind == .coarse ? coarser : kind == .skipping ? skipping : own else {
                    preconditionFailure("autoguidance without a coarser patch size")
                }
                return try transformerPasses.velocity(of: latent, kind, at: step, &cache, rule)
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

    /// - Parameter layouts: of the patch sizes so far
    private func tokenStep(
        _ patchifier: Patchifier, at timestep: Float, _ layouts: inout [PatchSize: TokenLayout],
        leavingOut compression: TokenCompression? = nil
    ) -> TransformerPasses.Step {
        let grid = patchifier.grid
        let layout = layouts[grid.patch] ?? layout(of: grid)
        layouts[grid.patch] = layout
        return TransformerPasses.Step(
            patchifier: patchifier, layout: layout, timestep: timestep,
            compression: compression ?? TokenCompression())
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
