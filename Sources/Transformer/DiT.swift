package import Checkpoints
internal import Layers
package import Tensors

/// Video diffusion transformer of the Wan architecture: the velocity of each token at a noise level.
///
/// - Source: Wan Team, arXiv 2503.20314, section 4.2; diffusers 0.42.1 `transformer_wan.py`,
///   `WanTransformer3DModel`, whose names the weights have
package struct DiT: Sendable {
    package let config: DiTConfig
    private let patchEmbedding: Linear
    package let conditionEmbedder: ConditionEmbedder
    package let blocks: [Block]
    package let head: Head
    private let workers: Workers

    /// Weights stay in their file and in its type.
    ///
    /// - Throws: `CheckpointError` that lists all keys which are missing, unused or of another shape
    package init(
        _ weights: WeightScope, config: DiTConfig, settings: TransformerSettings = TransformerSettings(),
        on workers: Workers
    ) throws {
        self.config = config
        self.workers = workers
        patchEmbedding = try Linear(
            weights["patch_embedding"], weightShape: [config.width, config.inputChannels] + config.patch,
            on: workers)
        conditionEmbedder = try ConditionEmbedder(
            weights["condition_embedder"], config: config, on: workers)
        blocks = try (0..<config.layers).map { index in
            try Block(weights["blocks"][index], config: config, settings: settings, on: workers)
        }
        head = try Head(weights, config: config, on: workers)
        try weights.checkAllUsed()
    }

    /// - Parameters:
    ///   - tokens: `[L, P]`, a token's values with the channel outermost
    ///   - timestep: noise level in thousandths, `0 ... 1000`
    ///   - context: `[S, text width]`; the model sees all rows, also those that only fill up
    ///   - image: tokens of the image encoder, for models that have an image width and for no others
    ///   - rope: positions of the tokens
    /// - Returns: `[L, P]` of the output channels, a token's values with the channel innermost
    /// - Throws: `CancellationError`
    package func callAsFunction(
        _ tokens: Tensor, at timestep: Float, given context: Tensor, image: Tensor? = nil, rope: RotaryTable
    ) throws -> Tensor {
        try workers.checkCancellation()
        let conditions = conditionEmbedder(timestep: timestep, context: context, image: image)
        var x = embed(tokens)  // [L, C]
        for block in blocks {
            try block(&x, given: conditions, rope: rope)
        }
        let velocity = head(x, at: conditions.time)  // [L, P]
        try workers.checkCancellation()
        return velocity
    }

    /// `[L, P]` to `[L, C]`
    package func embed(_ tokens: Tensor) -> Tensor { patchEmbedding(tokens) }
}
