internal import Checkpoints
internal import Kernels
internal import Layers
internal import Tensors

/// Half the height and width and, where it has weights for that, half the frames.
///
/// The first frame of a stream passes alone; then each pair of frames becomes one, seen together with the
/// frame before.
///
/// - Source: diffusers 0.42.1 `autoencoder_kl_wan.py`, `WanResample` modes `downsample2d` and `downsample3d`
struct Downsampler: EncoderStage {
    private let inSpace: Convolution
    private let inTime: Convolution?
    private let name: String
    private let workers: Workers

    init(_ weights: WeightScope, channels: Int, halvesTime: Bool, on workers: Workers) throws {
        inSpace = try Convolution(
            weights["resample"][1], from: channels, to: channels,
            window: ConvolutionWindow(1, 3, 3, spaceStride: 2),
            seen: FrameView(border: FrameBorder(top: 0, bottom: 1, left: 0, right: 1)), on: workers)
        inTime =
            halvesTime
            ? try Convolution(
                weights["time_conv"], from: channels, to: channels, window: ConvolutionWindow(3, 1, 1),
                on: workers)
            : nil
        name = weights.prefix
        self.workers = workers
    }

    /// - Parameter x: one frame, `[H, W, C]`
    /// - Returns: `[H / 2, W / 2, C]`; nil after the first frame of a pair
    /// - Throws: `CancellationError` once the workers are cancelled
    func callAsFunction(_ x: Tensor, after history: inout FrameHistory) throws -> Tensor? {
        try workers.checkCancellation()
        let frame = inSpace([x])
        guard let inTime else { return frame }
        let frames = try history.frames(of: name) + [frame]
        let isPair = frames.count == 3
        try history.keep(frame, of: name, newest: isPair ? 1 : 2)
        return isPair ? inTime(frames) : frames.count == 1 ? frame : nil
    }
}
