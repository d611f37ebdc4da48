package import Kernels
package import Tensors

/// What the queries of a self-attention meet, where that is not each of their own tokens by itself.
package struct AttendedKeys: Sendable {
    /// One key and value stands for each of these groups of tokens.
    var pool: KeyPool?
    /// The tokens that are pooled, `[L, C]`; nil means those that ask.
    var pooled: Tensor?
    /// `[1, 1, keys]`, added to the scores.
    package var bias: Tensor?
    /// Nil means all keys.
    package var reach: AttentionReach?

    package static let all = AttendedKeys()
}
