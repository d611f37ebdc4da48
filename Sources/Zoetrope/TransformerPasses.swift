internal import Patching
internal import Sampling
internal import Tensors
internal import Transformer

/// The transformer with all that stays the same over the steps of a run: the prompts as it remembers them, and what it
/// sees beside the latent.
struct TransformerPasses {
    private let transformer: DiT
    private let conditional: Branch
    /// Nil at guidance 1.
    private let unconditional: Branch?

    /// What one of the two prompts sees.
    private struct Branch {
        let memory: PromptMemory
        /// `[m + z, f, h, w]`; nil for models that take no pictures.
        let condition: Tensor?

        /// The latent with the condition beside it, `[2 z + m, f, h, w]`.
        func input(_ latent: Tensor) -> Tensor {
            condition.map { Tensor.concatenated([latent, $0]) } ?? latent
        }
    }

    /// How a step turns the latent into tokens, and what it leaves out.
    struct Step {
        let patchifier: Patchifier
        let layout: TokenLayout
        let timestep: Float
        private(set) var compression: TokenCompression

        /// The same without some blocks.
        func skipping(_ blocks: IndexRange?) -> Step {
            var step = self
            step.compression.skippedBlocks = blocks
            return step
        }
    }

    /// - Throws: `CancellationError`
    init(_ transformer: DiT, given contexts: Contexts, and pictures: PictureGuidance) throws {
        func branch(_ context: Tensor, _ condition: Tensor?) throws -> Branch {
            Branch(
                memory: try transformer.remember(context, slots: Contexts.slots, image: pictures.tokens),
                condition: condition)
        }
        self.transformer = transformer
        conditional = try branch(contexts.prompt, pictures.conditional)
        unconditional = try contexts.negative.map { try branch($0, pictures.unconditional) }
    }

    /// The velocity of one pass, `[z, f, h, w]`.
    ///
    /// - Parameters:
    ///   - latent: `[z, f, h, w]`
    ///   - rule: of the cache; nil where there is none
    /// - Precondition: the unconditional pass needs a negative prompt
    func velocity(
        of latent: Tensor, _ kind: GuidanceBranch, at step: Step, _ cache: inout BlockCache,
        _ rule: BlockSkipping?
    ) throws -> Tensor {
        guard let branch = kind == .unconditional ? unconditional : conditional else {
            preconditionFailure("guidance without an unconditional prompt")
        }
        return try RunScope.during("\(kind) pass") {
            let tokens = step.patchifier.patchify(branch.input(latent))
            guard let rule else {
                return step.patchifier.unpatchify(
                    try transformer(
                        tokens, in: step.layout, at: step.timestep, given: branch.memory,
                        leavingOut: step.compression))
            }
            return step.patchifier.unpatchify(
                try transformer(
                    tokens, in: step.layout, at: step.timestep, given: branch.memory,
                    leavingOut: step.compression, keeping: &cache, skipping: rule))
        }
    }
}
