internal import Checkpoints
internal import Kernels
internal import Layers
internal import Tensors

/// Two activated convolutions and a way around them.
///
/// - Source: diffusers 0.42.1 `autoencoder_kl_wan.py`, `WanResidualBlock`
struct ResidualBlock: Sendable {
    private let first: ActivatedConvolution
    private let second: ActivatedConvolution
    /// Where the number of channels changes.
    private let shortcut: PixelLinear?
    private let workers: Workers

    init(_ weights: WeightScope, from: Int, to: Int, on workers: Workers) throws {
        first = try ActivatedConvolution(
            norm: weights["norm1"], convolution: weights["conv1"], from: from, to: to, on: workers)
        second = try ActivatedConvolution(
            norm: weights["norm2"], convolution: weights["conv2"], from: to, to: to, on: workers)
        shortcut =
            from == to
            ? nil : try PixelLinear(weights["conv_shortcut"], from: from, to: to, kernelAxes: 3, on: workers)
        self.workers = workers
    }

    /// - Parameter x: one frame, `[H, W, from]`
    /// - Returns: `[H, W, to]`
    /// - Throws: `CancellationError` once the workers are cancelled
    func callAsFunction(_ x: Tensor, after history: inout FrameHistory) throws -> Tensor {
        try workers.checkCancellation()
        let middle = try first(x, after: &history)
        try workers.checkCancellation()
        var result = try second(consume middle, after: &history)
        result.add(shortcut?(x) ?? x, on: workers)
        return result
    }
}
