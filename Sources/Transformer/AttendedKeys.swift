package import Kernels
package import Tensors

/// What the queries of a self-attention meet, where that is not each of their own tokens by itself.
package struct AttendedKeys: Sendable {
    /// What keys and values are made of; nil means the tokens that ask.
    var source: (tokens: Tensor, rope: RotaryTable)?
    /// One key and value stands for each of these groups.
    var pool: KeyPool?
    /// `[1, 1, keys]`, added to the scores.
    var bias: Tensor?
    /// Nil means all keys.
    var reach: AttentionReach?

    package static let all = AttendedKeys()
}

/// Groups of tokens whose keys and values are averaged.
struct KeyPool: Sendable {
    let groups: RowGroups
    let rope: RotaryTable
}
