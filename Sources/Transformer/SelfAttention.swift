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

    var matrices: [Linear] { heads.matrices + projection.matrices }

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
        var pooled: ProductRows?
        if let pool = keys.pool {
            let whole = if let all = keys.pooled { all } else { copy tokens }
            pooled = heads.prepared(whole.averaged(over: pool.groups, on: workers))
        }
        let asking = heads.prepared(consume tokens)
        let shown = pooled ?? asking
        var query = heads.queries(of: consume asking)
        var key = projection.keys(of: shown)
        let value = projection.values(of: consume shown)
        let places = keys.pool?.rope ?? rope
        query.rotate(heads: heads.count, cosine: rope.cosine, sine: rope.sine, on: workers)
        key.rotate(heads: heads.count, cosine: places.cosine, sine: places.sine, on: workers)
        try workers.checkCancellation()
        let answers = heads.attend(
            consume query, consume key, consume value, bias: keys.bias, within: keys.reach,
            precision: precision)
        heads.addOutput(of: answers, to: &x, gatedBy: gate)
    }
}
