package import Checkpoints
package import Tensors

/// Video diffusion transformer of the Wan architecture: the velocity of each token at a noise level.
///
/// All patch sizes share the trunk; each has its own ends.
///
/// - Source: Wan Team, arXiv 2503.20314, section 4.2; diffusers 0.42.1 `transformer_wan.py`,
///   `WanTransformer3DModel`, whose names the weights have
package struct DiT: Sendable {
    package let config: DiTConfig
    private let ends: [PatchSize: PatchEnds]
    package let conditionEmbedder: ConditionEmbedder
    package let blocks: [Block]
    package let headNorm: HeadNorm
    private let streamsWeights: Bool
    let workers: Workers

    /// Weights stay in their file and in its type.
    ///
    /// - Parameters:
    ///   - furtherSizes: patch sizes beside the base, as ``PatchSizeFile`` lists them
    ///   - resizedSizes: others, whose ends are made of the base's
    /// - Throws: `CheckpointError` that lists all keys which are missing, unused or of another shape
    package init(
        _ weights: WeightScope, config: DiTConfig, furtherSizes: [PatchSize] = [],
        resizedSizes: [PatchSize] = [], settings: TransformerSettings = TransformerSettings(),
        on workers: Workers
    ) throws {
        self.config = config
        self.workers = workers
        streamsWeights = settings.streamsWeights
        var ends = [config.patch: try PatchEnds(weights, for: config.patch, config: config, on: workers)]
        for patch in furtherSizes {
            ends[patch] = try PatchEnds(
                weights[patch.description], for: patch, config: config, on: workers)
        }
        for patch in resizedSizes {
            ends[patch] = try PatchEnds(weights, resizedTo: patch, config: config, on: workers)
        }
        self.ends = ends
        conditionEmbedder = try ConditionEmbedder(
            weights["condition_embedder"], config: config, on: workers)
        blocks = try (0..<config.layers).map { index in
            try Block(weights["blocks"][index], config: config, settings: settings, on: workers)
        }
        headNorm = try HeadNorm(weights, config: config, on: workers)
        try weights.checkAllUsed()
    }

    /// What does not change over the steps of a prompt.
    ///
    /// - Parameters:
    ///   - text: states of a prompt's tokens, `[n, text width]`
    ///   - slots: rows that the model sees, zeros behind the prompt included, at least `n`; nil means `n`
    ///   - image: tokens of the image encoder, for models that have an image width and for no others
    /// - Throws: `CancellationError`
    package func remember(_ text: Tensor, slots: Int? = nil, image: Tensor? = nil) throws -> PromptMemory {
        let padded = PaddedRows(text, slots: slots ?? text.shape[0])
        let text = conditionEmbedder.text(padded.rows)
        let image = conditionEmbedder.image(image)
        return PromptMemory(
            blocks: try blocks.enumerated().map { index, block in
                try workers.checkCancellation()
                defer { block.crossAttention.letGoPrompt() }
                return RunScope.with(owner: "blocks.\(index)") {
                    block.crossAttention.memory(of: text, bias: padded.bias, image: image)
                }
            })
    }

    /// - Parameters:
    ///   - tokens: `[L, P]`, a token's values with the channel outermost
    ///   - layout: how the tokens were cut, in a size that this model has, and where they lie
    ///   - timestep: noise level in thousandths, `0 ... 1000`
    ///   - memory: of the prompt, from ``remember(_:slots:image:)``
    ///   - compression: what is left out; all of it fits this model
    /// - Returns: `[L, P]` of the output channels, a token's values with the channel innermost
    /// - Throws: `CancellationError`
    package func callAsFunction(
        _ tokens: Tensor, in layout: TokenLayout, at timestep: Float, given memory: PromptMemory,
        leavingOut compression: TokenCompression = TokenCompression()
    ) throws -> Tensor {
        try velocity(of: tokens, in: layout, at: timestep, leavingOut: compression) { x, time, plan in
            try compute(blocks.indices, on: &x, at: time, given: memory, leavingOut: plan)
        }
    }

    /// What stands around the blocks: tokens to `[L, C]` before them, and to velocities after them.
    func velocity(
        of tokens: Tensor, in layout: TokenLayout, at timestep: Float,
        leavingOut compression: TokenCompression,
        through trunk: (inout Tensor, TimeConditions, CompressionPlan) throws -> Void
    ) throws -> Tensor {
        try workers.checkCancellation()
        let ends = ends(of: layout.patch)
        let time = conditionEmbedder.time(timestep, marker: ends.marker)
        let plan = CompressionPlan(compression, of: layout, on: workers)
        var x = plan.ordered(ends.embed(tokens))  // [L, C]
        try trunk(&x, time, plan)
        let velocity = plan.restored(ends.project(headNorm(x, at: time.embedding)))  // [L, P]
        try workers.checkCancellation()
        return velocity
    }

    /// Some of the blocks, one after the other, but for those that the plan skips.
    func compute(
        _ indices: Range<Int>, on x: inout Tensor, at time: TimeConditions, given memory: PromptMemory,
        leavingOut plan: CompressionPlan
    ) throws {
        for index in plan.kept(of: indices) {
            try RunScope.with(owner: "blocks.\(index)") {
                if streamsWeights, index + 1 < blocks.count { blocks[index + 1].prefetch() }
                try blocks[index](
                    &x, at: time, over: memory.blocks[index], rope: plan.rope, leavingOut: plan[index])
                if streamsWeights { blocks[index].letGo() }
            }
        }
    }

    /// - Precondition: the model has this size; what a user asks for is checked where it comes in
    package func ends(of patch: PatchSize) -> PatchEnds {
        guard let ends = ends[patch] else { preconditionFailure("this model has no patch size \(patch)") }
        return ends
    }
}
