internal import Checkpoints
internal import Kernels
internal import Layers
internal import Tensors

/// Attention with one head among the pixels of one frame.
///
/// - Source: diffusers 0.42.1 `autoencoder_kl_wan.py`, `WanAttentionBlock`
struct FrameAttention: Sendable {
    private let norm: PixelNorm
    private let queryKeyValue: PixelLinear
    private let output: PixelLinear
    private let scale: Float
    private let workers: Workers

    init(_ weights: WeightScope, channels: Int, on workers: Workers) throws {
        norm = try PixelNorm(weights["norm"], channels: channels, trailingAxes: 2, on: workers)
        queryKeyValue = try PixelLinear(
            weights["to_qkv"], from: channels, to: 3 * channels, kernelAxes: 2, on: workers)
        output = try PixelLinear(weights["proj"], from: channels, to: channels, kernelAxes: 2, on: workers)
        scale = 1 / Float(channels).squareRoot()
        self.workers = workers
    }

    /// - Parameter x: `[H, W, C]`
    /// - Returns: the same shape, `x` included
    /// - Throws: `CancellationError` once the workers are cancelled
    func callAsFunction(_ x: Tensor) throws -> Tensor {
        try workers.checkCancellation()
        let pixels = [x.shape[0] * x.shape[1], x.shape[2]]
        let parts = queryKeyValue(norm(x)).splitChannels(into: 3, on: workers).map { $0.reshaped(to: pixels) }
        let attended = attention(parts[0], parts[1], parts[2], heads: 1, scale: scale, on: workers)
        var result = output(attended.reshaped(to: x.shape))
        result.add(x, on: workers)
        return result
    }
}
