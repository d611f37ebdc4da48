package import Kernels
package import Tensors

/// What a forward pass computes in, and what it may hold in memory at once.
package struct TransformerSettings: Codable, Equatable, Sendable {
    /// Of the products of the blocks: queries, keys, values and outputs of self-attention and its products of tokens with
    /// tokens, queries and outputs of cross-attention, both layers of the feed-forward part. The rest is fp32: patch embedding, time and text embedding,
    /// keys and values of the prompt (made once a prompt), norms, modulation, rope, softmax and head.
    package var precision = Precision.float32
    package var attention = AttentionTiles()
    /// Tokens whose hidden values the feed-forward part holds at a time, at least 1.
    package var feedForwardRows = 480

    /// Whether a block's weights that lie in a file leave memory when the block is done, and come back, asked for ahead
    /// of time, at the next forward pass.
    package var streamsWeights = false

    package init() {}

    package init(precision: Precision) { self.precision = precision }
}
