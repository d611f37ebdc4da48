package import Checkpoints
package import Kernels
package import Tensors

/// Convolution over frames `[rows, columns, channels]`.
///
/// The weight is laid out anew when it is loaded, `[taps, from, to]` and fp32.
package struct Convolution: Sendable {
    package let window: ConvolutionWindow
    private let view: FrameView
    private let weight: Tensor
    private let bias: Tensor
    private let workers: Workers

    /// Takes `weight` and `bias` `[to]`. A window of one frame has a weight without the axis of time, as
    /// `Conv2d` has.
    ///
    /// - Parameters:
    ///   - from: channels of a frame that comes in
    ///   - to: channels of a frame that goes out
    ///   - view: how the window sees each frame
    /// - Throws: `CheckpointError` when a tensor is missing or has another shape or a type that is no float
    package init(
        _ weights: WeightScope, from: Int, to: Int, window: ConvolutionWindow, seen view: FrameView = .init(),
        on workers: Workers
    ) throws {
        let kernel = (window.time == 1 ? [] : [window.time]) + [window.height, window.width]
        self.init(
            weight: tapsFirst(try weights.tensor("weight", shape: [to, from] + kernel), on: workers),
            bias: try weights.values("bias", shape: [to]), window: window, seen: view, on: workers)
    }

    /// - Parameters:
    ///   - weight: `[taps, from, to]`
    ///   - bias: `[to]`
    init(weight: Tensor, bias: Tensor, window: ConvolutionWindow, seen view: FrameView, on workers: Workers) {
        self.window = window
        self.view = view
        self.weight = weight
        self.bias = bias
        self.workers = workers
    }

    /// - Parameter frames: the frames under the window, at most `window.time`; those that are missing at the front
    ///   are taken as zeros
    /// - Returns: one frame
    package func callAsFunction(_ frames: [Tensor]) -> Tensor {
        precondition(!frames.isEmpty && frames.count <= window.time, "\(frames.count) frames under \(window)")
        let result = convolve(frames, weight: weight, bias: bias, window: window, seen: view, on: workers)
        return result.reshaped(to: Array(result.shape.dropFirst()))
    }
}
