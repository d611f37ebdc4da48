package import Checkpoints
internal import Layers
package import Tensors

/// The encoder of UMT5 or T5 v1.1: the states of a prompt's tokens.
///
/// - Source: UMT5, arXiv 2304.09151, and T5, arXiv 1910.10683; transformers 5.23.0
///   `models/umt5/modeling_umt5.py`, `UMT5EncoderModel`, and `models/t5/modeling_t5.py`, `T5EncoderModel`
package struct TextEncoder: Sendable {
    /// What ``encode(_:observer:)`` has just computed.
    package enum Stage: Equatable, Sendable { case embedding, block(Int), output }

    package let config: TextEncoderConfig
    private let embedding: TokenEmbedding
    private let blocks: [EncoderBlock]
    private let finalNorm: RMSNorm
    private let workers: Workers

    /// Weights stay in their file and in its type. The decoder of a whole T5 is passed over.
    ///
    /// - Throws: `CheckpointError` that lists all keys which are missing, unused or of another shape
    package init(_ weights: WeightScope, config: TextEncoderConfig, on workers: Workers) throws {
        self.config = config
        self.workers = workers
        embedding = try TokenEmbedding(weights, config: config)
        blocks = try (0..<config.layers).map { index in
            try EncoderBlock(
                weights["encoder.block"][index], config: config,
                hasBias: config.family == .umt5 || index == 0,
                on: workers)
        }
        finalNorm = try RMSNorm(
            weights["encoder.final_layer_norm"], width: config.width, epsilon: config.epsilon, on: workers)
        weights.ignore("decoder")
        weights.ignore("lm_head")
        try weights.checkAllUsed()
    }

    /// Computes the prompt's own tokens only: where others mask the padding, it changes nothing for them.
    ///
    /// - Parameters:
    ///   - ids: of the tokens, the end included; at least one
    ///   - observer: sees each intermediate state, `[n, C]`
    /// - Returns: `[n, C]`
    /// - Throws: `CancellationError`; ``TextEncoderError`` for an id that the encoder does not know
    package func encode(
        _ ids: [Int32], observer: (Stage, Tensor) -> Void = { _, _ in }
    ) throws -> Tensor {
        precondition(!ids.isEmpty, "a prompt has at least its end")
        var x = try embedding(ids)  // [n, C]
        observer(.embedding, x)
        var bias = Tensor(shape: [config.heads, ids.count, ids.count])
        for (index, block) in blocks.enumerated() {
            try workers.checkCancellation()
            if let own = block.relativeBias { bias = own(tokens: ids.count) }
            block(&x, bias: bias)
            observer(.block(index), x)
        }
        x = finalNorm(x)
        try workers.checkCancellation()
        observer(.output, x)
        return x
    }
}

/// The states of a prompt, and zeros for the slots it leaves free.
///
/// - Parameters:
///   - states: `[n, C]`
///   - slots: rows that the transformer was trained with, at least `n`
/// - Returns: `[slots, C]`
/// - Source: diffusers 0.42.1 `pipelines/wan/pipeline_wan.py`, `_get_t5_prompt_embeds`
package func paddedContext(_ states: Tensor, slots: Int = 512) -> Tensor {
    precondition(states.shape[0] <= slots, "\(states.shape[0]) tokens do not fit \(slots) slots")
    return Tensor.concatenated([states, Tensor(shape: [slots - states.shape[0], states.shape[1]])])
}
