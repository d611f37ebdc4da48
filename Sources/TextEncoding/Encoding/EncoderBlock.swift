internal import Checkpoints
internal import Kernels
internal import Layers
internal import Tensors

/// Self-attention and gated feed-forward, each on the normalized tokens and added to them.
///
/// - Source: transformers 5.23.0 `models/umt5/modeling_umt5.py`, `UMT5Block`; T5 v1.1 has the same names
struct EncoderBlock: Sendable {
    /// Nil where the bias of the first block holds.
    let relativeBias: RelativeBias?
    private let attentionNorm: RMSNorm
    private let selfAttention: SelfAttention
    private let feedForwardNorm: RMSNorm
    private let feedForward: GatedFeedForward
    private let workers: Workers

    init(_ weights: WeightScope, config: TextEncoderConfig, hasBias: Bool, on workers: Workers) throws {
        self.workers = workers
        let attention = weights["layer.0"]
        relativeBias =
            hasBias
            ? try RelativeBias(attention["SelfAttention.relative_attention_bias"], config: config) : nil
        attentionNorm = try RMSNorm(
            attention["layer_norm"], width: config.width, epsilon: config.epsilon, on: workers)
        selfAttention = try SelfAttention(attention["SelfAttention"], config: config, on: workers)
        let hidden = weights["layer.1"]
        feedForwardNorm = try RMSNorm(
            hidden["layer_norm"], width: config.width, epsilon: config.epsilon, on: workers)
        feedForward = try GatedFeedForward(hidden["DenseReluDense"], config: config, on: workers)
    }

    /// - Parameters:
    ///   - x: `[n, C]`, changed in place
    ///   - bias: `[N, n, n]`
    func callAsFunction(_ x: inout Tensor, bias: Tensor) {
        x.add(selfAttention(attentionNorm(x), bias: bias), on: workers)
        x.add(feedForward(feedForwardNorm(x)), on: workers)
    }
}

extension EncoderBlock {
    /// The matrices, which are nearly all of the block's memory.
    private var matrices: [Linear] { selfAttention.matrices + feedForward.matrices }

    func letGo() { matrices.forEach { $0.letGo() } }
}

/// Attention with a bias and without a scale, which T5 has in its weights.
private struct SelfAttention: Sendable {
    private let query: Linear
    private let key: Linear
    private let value: Linear
    private let output: Linear
    private let heads: Int
    private let workers: Workers

    init(_ weights: WeightScope, config: TextEncoderConfig, on workers: Workers) throws {
        let inner = config.heads * config.headWidth
        query = try Linear(weights["q"], from: config.width, to: inner, bias: false, on: workers)
        key = try Linear(weights["k"], from: config.width, to: inner, bias: false, on: workers)
        value = try Linear(weights["v"], from: config.width, to: inner, bias: false, on: workers)
        output = try Linear(weights["o"], from: inner, to: config.width, bias: false, on: workers)
        heads = config.heads
        self.workers = workers
    }

    var matrices: [Linear] { [query, key, value, output] }

    func callAsFunction(_ x: Tensor, bias: Tensor) -> Tensor {
        output(attention(query(x), key(x), value(x), heads: heads, scale: 1, bias: bias, on: workers))
    }
}

/// `(gelu(x · wi_0ᵀ) * x · wi_1ᵀ) · woᵀ`
private struct GatedFeedForward: Sendable {
    private let gate: Linear
    private let content: Linear
    private let output: Linear
    private let workers: Workers

    init(_ weights: WeightScope, config: TextEncoderConfig, on workers: Workers) throws {
        let (width, hidden) = (config.width, config.hiddenWidth)
        gate = try Linear(weights["wi_0"], from: width, to: hidden, bias: false, on: workers)
        content = try Linear(weights["wi_1"], from: width, to: hidden, bias: false, on: workers)
        output = try Linear(weights["wo"], from: hidden, to: width, bias: false, on: workers)
        self.workers = workers
    }

    var matrices: [Linear] { [gate, content, output] }

    func callAsFunction(_ x: Tensor) -> Tensor {
        var hidden = gate(x, activation: .gelu)
        hidden.multiply(by: content(x), on: workers)
        return output(hidden)
    }
}
