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

    /// - Parameter onStep: told after each step which it was and what it took
    /// - Returns: the clean latent `[z, f, h, w]`
    /// - Throws: `CancellationError`
    func sample(
        with transformer: DiT, given contexts: Contexts, onStep: (_ index: Int, _ seconds: Double) -> Void
    ) throws -> Tensor {
        var layouts: [PatchSize: TokenLayout] = [:]
        var generator = SeededNoise(seed: settings.seed)
        let memories = (
            prompt: try transformer.remember(contexts.prompt),
            negative: try contexts.negative.map { try transformer.remember($0) }
        )
        return try sampler.denoise(generator.normal(shape: shape)) { latent, step in
            let start = ContinuousClock.now
            let patchifier = patchifiers[step.index]
            let layout = layouts[patchifier.grid.patch] ?? layout(of: patchifier.grid)
            layouts[layout.patch] = layout
            let tokens = patchifier.patchify(latent)
            let guided = try guidedVelocity(memories) { memory in
                patchifier.unpatchify(try transformer(tokens, in: layout, at: step.timestep, given: memory))
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
        _ memories: (prompt: PromptMemory, negative: PromptMemory?),
        _ velocity: (PromptMemory) throws -> Tensor
    ) rethrows -> Tensor {
        let conditional = try velocity(memories.prompt)
        guard let negative = memories.negative else { return conditional }
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
