internal import Checkpoints
internal import Kernels
internal import Layers
package import Tensors

/// Every token looks at every token; positions come in as turns of queries and keys.
///
/// - Source: diffusers 0.42.1 `transformer_wan.py`, `WanAttnProcessor`
package struct SelfAttention: Sendable {
    private let heads: AttentionHeads
    private let projection: KeyValueProjection
    private let precision: Precision
    private let workers: Workers

    init(
        _ weights: WeightScope, config: DiTConfig, settings: TransformerSettings, on workers: Workers
    ) throws {
        heads = try AttentionHeads(weights, config: config, settings: settings, on: workers)
        projection = try KeyValueProjection(
            weights, .tokens, config: config, precision: settings.precision, on: workers)
        precision = settings.precision
        self.workers = workers
    }

    /// `x += output * gate`
    ///
    /// - Parameters:
    ///   - tokens: what the tokens show of themselves, `[L, C]`
    ///   - rope: positions of the L tokens
    ///   - keys: what they meet
    ///   - x: `[L, C]`
    ///   - gate: `[C]`
    /// - Throws: `CancellationError`
    package func callAsFunction(
        _ tokens: consuming Tensor, rope: RotaryTable, meeting keys: AttendedKeys = .all,
        addedTo x: inout Tensor, gatedBy gate: Tensor?
    ) throws {
        try workers.checkCancellation()
        let (tokensOfKeys, ropeOfKeys) = keys.source ?? (keys.pool == nil ? nil : (tokens, rope)) ?? (nil, rope)
        let source = heads.prepared(consume tokens)
        var query = heads.queries(of: source)
        query.rotate(heads: heads.count, cosine: rope.cosine, sine: rope.sine, on: workers)
        var key: Tensor
        var value: Tensor
        if let pool = keys.pool, let tokensOfKeys {
            switch X.pool {
            case "rope", "norm":
                let all = heads.prepared(tokensOfKeys)
                key = projection.keys(of: all)
                value = projection.values(of: all).averaged(over: pool.groups, on: workers)
                if X.pool == "rope" {
                    key.rotate(heads: heads.count, cosine: ropeOfKeys.cosine, sine: ropeOfKeys.sine, on: workers)
                    key = key.averaged(over: pool.groups, on: workers)
                } else {
                    key = key.averaged(over: pool.groups, on: workers)
                    key.rotate(heads: heads.count, cosine: pool.rope.cosine, sine: pool.rope.sine, on: workers)
                }
            default:
                let pooled = heads.prepared(tokensOfKeys.averaged(over: pool.groups, on: workers))
                key = projection.keys(of: pooled)
                value = projection.values(of: pooled)
                key.rotate(heads: heads.count, cosine: pool.rope.cosine, sine: pool.rope.sine, on: workers)
            }
        } else {
            key = projection.keys(of: source)
            value = projection.values(of: consume source)
            key.rotate(heads: heads.count, cosine: rope.cosine, sine: rope.sine, on: workers)
        }
        try workers.checkCancellation()
        let answers = heads.attend(
            consume query, consume key, consume value, bias: keys.bias, within: keys.reach, precision: precision)
        heads.addOutput(of: answers, to: &x, gatedBy: gate)
    }
}
