internal import Patching
internal import Sampling
internal import Tensors
internal import Transformer

/// Noise to clean latent, at the patch size that the settings give to each step.
struct LatentSampling: Sendable {
    private let settings: GenerationSettings
    /// `[z, f, h, w]`
    let shape: [Int]
    private let steps: [Cut]

    /// How one step cuts the latent.
    private struct Cut {
        let patchifier: Patchifier
        let layout: TokenLayout
    }

    /// - Throws: ``SettingsError`` for a patch schedule that does not fit the model or the steps
    init(_ settings: GenerationSettings, of directory: ModelDirectory) throws {
        let shape = directory.latentShape(
            width: settings.width, height: settings.height, frames: settings.frames)
        let sizes = try directory.patchSizes(of: settings)
        let cuts = Dictionary(
            uniqueKeysWithValues: Set(sizes).map { patch in
                let patchifier = Patchifier(patch, frames: shape[1], height: shape[2], width: shape[3])
                let rope = RotaryTable(
                    patchifier.grid, base: directory.transformer.patch,
                    headWidth: directory.transformer.headWidth)
                return (
                    patch, Cut(patchifier: patchifier, layout: TokenLayout(patch: patch, rope: rope))
                )
            })
        self.settings = settings
        self.shape = shape
        steps = sizes.compactMap { cuts[$0] }
    }

    /// Tokens that the transformer works on at each step.
    var stepTokens: [Int] { steps.map(\.patchifier.grid.tokens) }

    /// - Parameter onStep: told after each step which it was and what it took
    /// - Returns: the clean latent `[z, f, h, w]`
    /// - Throws: `CancellationError`
    func sample(
        with transformer: DiT, given contexts: Contexts, onStep: (_ index: Int, _ seconds: Double) -> Void
    ) throws -> Tensor {
        var generator = SeededNoise(seed: settings.seed)
        return try sampler.denoise(generator.normal(shape: shape)) { latent, step in
            let start = ContinuousClock.now
            let cut = steps[step.index]
            let tokens = cut.patchifier.patchify(latent)
            let guided = try guidedVelocity(contexts) { context in
                cut.patchifier.unpatchify(
                    try transformer(tokens, in: cut.layout, at: step.timestep, given: context))
            }
            onStep(step.index, Stopwatch.seconds(ContinuousClock.now - start))
            return guided
        }
    }

    /// One velocity at guidance 1, else the conditional one led away from the unconditional one.
    private func guidedVelocity(_ contexts: Contexts, _ velocity: (Tensor) throws -> Tensor) rethrows
        -> Tensor
    {
        let conditional = try velocity(contexts.prompt)
        guard let negative = contexts.negative else { return conditional }
        return guide(conditional, awayFrom: try velocity(negative), scale: Float(settings.guidance))
    }

    private var sampler: Sampling.Sampler {
        Sampling.Sampler(
            SamplingSettings(
                sampler: settings.sampler == .euler ? .euler : .unipc, steps: settings.steps,
                shift: settings.shift))
    }
}

/// What the prompts mean to the transformer, each `[512, C]`.
struct Contexts {
    let prompt: Tensor
    /// nil at guidance 1, which needs one pass only.
    let negative: Tensor?
}
