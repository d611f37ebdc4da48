package import Checkpoints
package import Kernels
package import Tensors

/// Convolution in time and space that sees a frame and the frames before it.
///
/// Frames come one at a time; those that the window still needs are kept in a ``FrameHistory``. Before the first
/// frame there are zeros, and around each.
///
/// - Source: diffusers 0.42.1 `autoencoder_kl_wan.py`, `WanCausalConv3d` with `feat_cache`
package struct CausalConv3d: Sendable {
    private let convolution: Convolution
    private let name: String
    private let workers: Workers

    /// Takes `weight` `[to, from, time, height, width]` and `bias` `[to]`; height and width of the window are
    /// odd.
    package init(
        _ weights: WeightScope, from: Int, to: Int, window: ConvolutionWindow, on workers: Workers
    ) throws {
        convolution = try Convolution(
            weights, from: from, to: to, window: window, seen: FrameView(border: .centring(window)),
            on: workers)
        name = weights.prefix
        self.workers = workers
    }

    /// - Parameters:
    ///   - frame: `[H, W, from]`
    ///   - history: of the stream that the frame belongs to
    /// - Returns: `[H, W, to]`
    /// - Throws: ``FrameFileError``
    package func callAsFunction(_ frame: Tensor, after history: inout FrameHistory) throws -> Tensor {
        let frames = try history.frames(of: name) + [frame]
        try history.keep(frame, of: name, newest: convolution.window.time - 1)
        return convolution(frames)
    }

    /// Convolves `silu(x / |x| * gain)`, the length taken over the channels of each pixel.
    ///
    /// - Parameters:
    ///   - frame: let go before the convolution, if nobody else holds it
    ///   - gain: `[from]`
    /// - Throws: ``FrameFileError``
    package func callAsFunction(
        activated frame: consuming Tensor, gain: Tensor, after history: inout FrameHistory
    ) throws -> Tensor {
        try self(Kernels.activated(consume frame, gain: gain, on: workers), after: &history)
    }
}
