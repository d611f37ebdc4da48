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

    init(_ weights: WeightScope, config: DiTConfig, tiles: AttentionTiles, on workers: Workers) throws {
        let width = config.width
        count = config.heads
        query = try Linear(weights["to_q"], from: width, to: width, on: workers)
        queryNorm = try RMSNorm(weights["norm_q"], width: width, epsilon: config.epsilon, on: workers)
        output = try Linear(weights["to_out"][0], from: width, to: width, on: workers)
        scale = 1 / Float(config.headWidth).squareRoot()
        self.tiles = tiles
        self.workers = workers
    }

    /// Normalised over the channels of all heads together.
    func queries(of x: Tensor) -> Tensor { queryNorm(query(x)) }

    func attend(_ query: Tensor, _ key: Tensor, _ value: Tensor, bias: Tensor? = nil) -> Tensor {
        attention(query, key, value, heads: count, scale: scale, bias: bias, tiles: tiles, on: workers)
    }

    func output(of answers: Tensor) -> Tensor { output(answers) }
}
