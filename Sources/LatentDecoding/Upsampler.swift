internal import Checkpoints
internal import Kernels
internal import Layers
internal import Tensors

/// Twice the height and width and, where it has weights for that, twice the frames.
///
/// The first frame of a stream stays one frame and is not seen by the convolution in time, which starts from
/// zeros at the second.
///
/// - Source: diffusers 0.42.1 `autoencoder_kl_wan.py`, `WanResample` modes `upsample2d` and `upsample3d`
struct Upsampler: Sendable {
    private static let window = ConvolutionWindow(1, 3, 3)
    private let spaceConvolution: Convolution
    private let timeConvolution: CausalConv3d?
    private let name: String
    private let workers: Workers

    init(_ weights: WeightScope, from: Int, to: Int, doublesTime: Bool, on workers: Workers) throws {
        spaceConvolution = try Convolution(
            weights["resample"][1], from: from, to: to, window: Self.window,
            seen: FrameView(border: .centring(Self.window), magnification: 2), on: workers)
        timeConvolution =
            doublesTime
            ? try CausalConv3d(
                weights["time_conv"], from: from, to: 2 * from, window: ConvolutionWindow(3, 1, 1),
                on: workers) : nil
        name = weights.prefix
        self.workers = workers
    }

    /// - Parameter x: one frame, `[H, W, from]`
    /// - Returns: one or two frames of the same shape
    func inTime(_ x: consuming Tensor, after history: inout FrameHistory) throws -> [Tensor] {
        guard let timeConvolution, !history.meetsFirstFrame(of: name) else { return [x] }
        return try timeConvolution(consume x, after: &history).splitChannels(into: 2, on: workers)
    }

    /// - Parameter frame: `[H, W, from]`
    /// - Returns: `[2H, 2W, to]`
    /// - Throws: `CancellationError` once the workers are cancelled
    func inSpace(_ frame: Tensor) throws -> Tensor {
        try workers.checkCancellation()
        return spaceConvolution([frame])
    }
}
