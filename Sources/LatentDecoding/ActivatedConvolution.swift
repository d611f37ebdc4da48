internal import Checkpoints
internal import Kernels
internal import Layers
internal import Tensors

/// Norm, SiLU and causal convolution over 3x3x3: the unit that residual blocks are made of.
///
/// - Source: diffusers 0.42.1 `autoencoder_kl_wan.py`, `WanResidualBlock.forward`
struct ActivatedConvolution: Sendable {
    private let norm: PixelNorm
    private let convolution: CausalConv3d

    init(norm: WeightScope, convolution: WeightScope, from: Int, to: Int, on workers: Workers) throws {
        self.norm = try PixelNorm(norm, channels: from, trailingAxes: 3, on: workers)
        self.convolution = try CausalConv3d(convolution, from: from, to: to, window: .cube, on: workers)
    }

    /// - Parameter x: one frame, `[H, W, from]`; let go before the convolution, if nobody else holds it
    /// - Returns: `[H, W, to]`
    func callAsFunction(_ x: consuming Tensor, after history: inout FrameHistory) throws -> Tensor {
        try convolution(activated: consume x, gain: norm.gain, after: &history)
    }
}

extension ConvolutionWindow {
    static let cube = ConvolutionWindow(3, 3, 3)
}
