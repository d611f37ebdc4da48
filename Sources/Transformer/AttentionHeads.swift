internal import Checkpoints
internal import Kernels
internal import Layers
internal import Tensors

/// The side of an attention that asks: queries of several heads, and what becomes of the answers.
struct AttentionHeads: Sendable {
    let count: Int
    private let query: Linear
    private let queryNorm: RMSNorm
    private let output: Linear
    private let scale: Float
    private let tiles: AttentionTiles
    private let workers: Workers

    init(
        _ weights: WeightScope, config: DiTConfig, settings: TransformerSettings, on workers: Workers
    ) throws {
        let width = config.width
        count = config.heads
        let precision = settings.precision
        query = try Linear(weights["to_q"], from: width, to: width, precision: precision, on: workers)
        queryNorm = try RMSNorm(weights["norm_q"], width: width, epsilon: config.epsilon, on: workers)
        output = try Linear(
            weights["to_out"][0], from: width, to: width, precision: precision, on: workers)
        scale = 1 / Float(config.headWidth).squareRoot()
        tiles = settings.attention
        self.workers = workers
    }

    var matrices: [Linear] { [query, output] }

    /// What queries, and keys and values of the same tokens, are made of.
    func prepared(_ x: Tensor) -> ProductRows { query.prepared(x) }

    /// Normalised over the channels of all heads together.
    func queries(of x: ProductRows) -> Tensor { queryNorm(query(x)) }

    func attend(
        _ query: Tensor, _ key: consuming Tensor, _ value: consuming Tensor, bias: Tensor? = nil,
        within reach: AttentionReach? = nil, precision: Precision = .float32
    ) -> Tensor {
        attention(
            query, consume key, consume value, heads: count, scale: scale, bias: bias, within: reach,
            precision: precision, tiles: tiles,
            on: workers)
    }

    /// `x += output(answers) * gate`; the gate is 1 where there is none.
    func addOutput(of answers: Tensor, to x: inout Tensor, gatedBy gate: Tensor? = nil) {
        output.add(answers, to: &x, gatedBy: gate)
    }
}
