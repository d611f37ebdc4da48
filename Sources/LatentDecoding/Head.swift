internal import Checkpoints
internal import Kernels
internal import Layers
internal import Tensors

/// Norm, SiLU and causal convolution over 3x3x3 to the few channels that leave the decoder or the encoder.
///
/// - Source: diffusers 0.42.1 `autoencoder_kl_wan.py`, the ends of `WanDecoder3d.forward` and `WanEncoder3d.forward`
struct Head: Sendable {
    private let norm: PixelNorm
    private let convolution: NarrowingConv3d
    private let workers: Workers

    init(norm: WeightScope, convolution: WeightScope, from: Int, to: Int, on workers: Workers) throws {
        self.norm = try PixelNorm(norm, channels: from, trailingAxes: 3, on: workers)
        self.convolution = try NarrowingConv3d(convolution, from: from, to: to, window: .cube, on: workers)
        self.workers = workers
    }

    /// - Parameter x: one frame, `[H, W, from]`; let go before the convolution, if nobody else holds it
    /// - Returns: `[H, W, to]`
    func callAsFunction(_ x: consuming Tensor, after history: inout FrameHistory) throws -> Tensor {
        try convolution(activated(consume x, gain: norm.gain, on: workers), after: &history)
    }
}
