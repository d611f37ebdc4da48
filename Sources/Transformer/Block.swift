internal import Checkpoints
internal import Kernels
package import Layers
package import Tensors

/// One layer: tokens look at each other, then at the prompt, and then each is worked on by itself.
///
/// The time scales and shifts what the first and the last part see, and gates what they add.
///
/// - Source: diffusers 0.42.1 `transformer_wan.py`, `WanTransformerBlock`
package struct Block: Sendable {
    package let modulation: BlockModulation
    package let norm1: LayerNorm
    package let selfAttention: SelfAttention
    /// Leaves its input as it is in models that do not normalise it.
    package let norm2: @Sendable (Tensor) -> Tensor
    package let crossAttention: CrossAttention
    package let norm3: LayerNorm
    package let feedForward: FeedForward
    let workers: Workers

    init(
        _ weights: WeightScope, config: DiTConfig, settings: TransformerSettings, on workers: Workers
    ) throws {
        self.workers = workers
        let (width, epsilon) = (config.width, config.epsilon)
        modulation = try BlockModulation(weights, width: width)
        norm1 = LayerNorm(epsilon: epsilon, on: workers)
        selfAttention = try SelfAttention(
            weights["attn1"], config: config, settings: settings, on: workers)
        if config.normsCrossAttention {
            let norm = try LayerNorm(weights["norm2"], width: width, epsilon: epsilon, on: workers)
            norm2 = { norm($0) }
        } else {
            norm2 = { $0 }
        }
        crossAttention = try CrossAttention(
            weights["attn2"], config: config, settings: settings, on: workers)
        norm3 = LayerNorm(epsilon: epsilon, on: workers)
        feedForward = try FeedForward(weights["ffn"], config: config, settings: settings, on: workers)
    }

    /// The matrices of a forward pass, which are nearly all of the block's memory.
    private var matrices: [Linear] {
        selfAttention.matrices + crossAttention.matrices + feedForward.matrices
    }

    func letGo() { matrices.forEach { $0.letGo() } }

    func prefetch() { matrices.forEach { $0.prefetch() } }

    /// - Parameters:
    ///   - x: `[L, C]`, changed in place
    ///   - keys: what self-attention meets
    /// - Throws: `CancellationError`
    package func callAsFunction(
        _ x: inout Tensor, at time: TimeConditions, over memory: BlockMemory, rope: RotaryTable,
        meeting keys: AttendedKeys = .all
    ) throws {
        let (first, last) = modulation(time.projection)
        try selfAttention(norm1(x, by: first), rope: rope, meeting: keys, addedTo: &x, gatedBy: first.gate)
        try crossAttention(norm2(x), over: memory, addedTo: &x)
        try feedForward(norm3(x, by: last), addedTo: &x, gatedBy: last.gate)
    }
}
