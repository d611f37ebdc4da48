internal import Checkpoints
internal import Kernels
internal import Layers
package import Tensors

/// Every token looks at every token; positions come in as turns of queries and keys.
///
/// - Source: diffusers 0.42.1 `transformer_wan.py`, `WanAttnProcessor`
package struct SelfAttention: Sendable {
    private let heads: AttentionHeads
    private let tokens: KeyValueProjection
    private let workers: Workers

    init(_ weights: WeightScope, config: DiTConfig, tiles: AttentionTiles, on workers: Workers) throws {
        heads = try AttentionHeads(weights, config: config, tiles: tiles, on: workers)
        tokens = try KeyValueProjection(weights, .tokens, config: config, on: workers)
        self.workers = workers
    }

    /// - Parameters:
    ///   - x: `[L, C]`
    ///   - rope: positions of the L tokens
    /// - Returns: `[L, C]`
    /// - Throws: `CancellationError`
    package func callAsFunction(_ x: consuming Tensor, rope: RotaryTable) throws -> Tensor {
        try workers.checkCancellation()
        var query = heads.queries(of: x)
        var key = tokens.keys(of: x)
        let value = tokens.values(of: consume x)
        query.rotate(heads: heads.count, cosine: rope.cosine, sine: rope.sine, on: workers)
        key.rotate(heads: heads.count, cosine: rope.cosine, sine: rope.sine, on: workers)
        try workers.checkCancellation()
        return heads.output(of: heads.attend(consume query, consume key, consume value))
    }
}
