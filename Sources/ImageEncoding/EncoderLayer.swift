internal import Checkpoints
internal import Kernels
internal import Layers
internal import Tensors

/// Self-attention and two linear layers, each on the normalised tokens and added to them.
///
/// - Source: transformers 5.23.0 `models/clip/modeling_clip.py`, `CLIPEncoderLayer`
struct EncoderLayer: Sendable {
    private let attentionNorm: LayerNorm
    private let selfAttention: SelfAttention
    private let feedForwardNorm: LayerNorm
    private let up: Linear
    private let down: Linear
    private let activation: ImageEncoderConfig.Activation
    private let workers: Workers

    init(_ weights: WeightScope, config: ImageEncoderConfig, on workers: Workers) throws {
        let (width, hidden) = (config.width, config.hiddenWidth)
        attentionNorm = try LayerNorm(
            weights["layer_norm1"], width: width, epsilon: config.epsilon, on: workers)
        selfAttention = try SelfAttention(weights["self_attn"], config: config, on: workers)
        feedForwardNorm = try LayerNorm(
            weights["layer_norm2"], width: width, epsilon: config.epsilon, on: workers)
        up = try Linear(weights["mlp.fc1"], from: width, to: hidden, on: workers)
        down = try Linear(weights["mlp.fc2"], from: hidden, to: width, on: workers)
        activation = config.activation
        self.workers = workers
    }

    /// - Parameter x: `[tokens, C]`, changed in place
    func callAsFunction(_ x: inout Tensor) {
        x.add(selfAttention(attentionNorm(x)), on: workers)
        x.add(feedForward(feedForwardNorm(x)), on: workers)
    }

    private func feedForward(_ x: Tensor) -> Tensor {
        var hidden = up(x)
        switch activation {
        case .gelu: exactGELU(&hidden, on: workers)
        case .quickGELU: quickGELU(&hidden, on: workers)
        }
        return down(hidden)
    }
}

private struct SelfAttention: Sendable {
    private let query: Linear
    private let key: Linear
    private let value: Linear
    private let output: Linear
    private let heads: Int
    private let scale: Float
    private let workers: Workers

    init(_ weights: WeightScope, config: ImageEncoderConfig, on workers: Workers) throws {
        let width = config.width
        query = try Linear(weights["q_proj"], from: width, to: width, on: workers)
        key = try Linear(weights["k_proj"], from: width, to: width, on: workers)
        value = try Linear(weights["v_proj"], from: width, to: width, on: workers)
        output = try Linear(weights["out_proj"], from: width, to: width, on: workers)
        heads = config.heads
        scale = 1 / Float(config.headWidth).squareRoot()
        self.workers = workers
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
        output(attention(query(x), key(x), value(x), heads: heads, scale: scale, on: workers))
    }
}
