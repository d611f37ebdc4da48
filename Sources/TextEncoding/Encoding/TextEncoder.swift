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

    /// Computes the prompts' own tokens only: where others mask the padding, it changes nothing for them.
    ///
    /// All prompts go through a block before the next one is read, and what a block holds of the file is let go: so the
    /// encoder, most of a model's bytes, takes the memory of one block, and is read once.
    ///
    /// - Parameters:
    ///   - prompts: ids of the tokens of each, the end included; at least one
    ///   - observer: sees each intermediate state of each prompt, `[n, C]`
    /// - Returns: `[n, C]` for each
    /// - Throws: `CancellationError`; ``TextEncoderError`` for an id that the encoder does not know
    package func encode(
        _ prompts: [[Int32]], observer: (Stage, Tensor) -> Void = { _, _ in }
    ) throws -> [Tensor] {
        precondition(prompts.allSatisfy { !$0.isEmpty }, "a prompt has at least its end")
        var states = try prompts.map { try embedding($0) }  // [n, C]
        states.forEach { observer(.embedding, $0) }
        var biases = prompts.map { Tensor(shape: [config.heads, $0.count, $0.count]) }
        for (index, block) in blocks.enumerated() {
            for prompt in prompts.indices {
                try workers.checkCancellation()
                RunScope.with(owner: "blocks.\(index)") {
                    if let own = block.relativeBias { biases[prompt] = own(tokens: prompts[prompt].count) }
                    block(&states[prompt], bias: biases[prompt])
                }
                observer(.block(index), states[prompt])
            }
            block.letGo()
        }
        states = states.map { finalNorm($0) }
        try workers.checkCancellation()
        states.forEach { observer(.output, $0) }
        return states
    }
}
