internal import Checkpoints
internal import Kernels
internal import Layers
internal import Tensors

/// Brings the tokens of an image encoder to the width of the model.
///
/// - Source: diffusers 0.42.1 `transformer_wan.py`, `WanImageEmbedding`
struct ImageEmbedder: Sendable {
    private let positions: Tensor?
    private let norm1: LayerNorm
    private let up: Linear
    private let down: Linear
    private let norm2: LayerNorm
    private let workers: Workers

    // These two norms keep PyTorch's own epsilon; the config's is for the blocks.
    private static let epsilon: Float = 1e-5

    init(_ weights: WeightScope, from: Int, to width: Int, positions count: Int?, on workers: Workers) throws
    {
        positions = try count.map { try weights.values("pos_embed", shape: [1, $0, from]) }
        norm1 = try LayerNorm(weights["norm1"], width: from, epsilon: Self.epsilon, on: workers)
        up = try Linear(weights["ff.net.0.proj"], from: from, to: from, on: workers)
        down = try Linear(weights["ff.net.2"], from: from, to: width, on: workers)
        norm2 = try LayerNorm(weights["norm2"], width: width, epsilon: Self.epsilon, on: workers)
        self.workers = workers
    }

    /// - Parameter tokens: `[image tokens, image width]`, of all images one after another
    /// - Returns: `[image tokens, C]`
    func callAsFunction(_ tokens: Tensor) -> Tensor {
        let placed =
            positions.map { Tensor.sum([(1, tokens), (1, $0.reshaped(to: tokens.shape))]) } ?? tokens
        var hidden = up(norm1(placed))
        exactGELU(&hidden, on: workers)
        return norm2(down(hidden))
    }
}
