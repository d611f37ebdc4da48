package import Checkpoints
package import Kernels
package import Tensors

/// Convolution in time and space, as ``CausalConv3d``, that remembers what its frames add to later results instead of the
/// frames themselves: far less where few of many channels go out, as at the end of an autoencoder.
///
/// All taps in time are channels of one convolution in space, so a frame is read once.
///
/// - Source: diffusers 0.42.1 `autoencoder_kl_wan.py`, `WanCausalConv3d` with `feat_cache`, its sum over time in another
///   order
package struct NarrowingConv3d: Sendable {
    private let convolution: Convolution
    private let channels: Int
    private let name: String
    private let workers: Workers

    /// Takes `weight` `[to, from, time, height, width]` and `bias` `[to]`; height and width of the window are
    /// odd, and it spans two frames or more.
    package init(
        _ weights: WeightScope, from: Int, to: Int, window: ConvolutionWindow, on workers: Workers
    ) throws {
        precondition(window.time > 1 && window.timeStride == 1, "nothing to remember for \(window)")
        let shape = [to, from, window.time, window.height, window.width]
        let weight = tapsFirst(try weights.tensor("weight", shape: shape), on: workers)
        let inSpace = ConvolutionWindow(1, window.height, window.width)
        convolution = Convolution(
            weight: timeAsChannels(weight, times: window.time, on: workers),
            bias: try Self.bias(weights, to: to, times: window.time), window: inSpace,
            seen: FrameView(border: .centring(inSpace)), on: workers)
        channels = to
        name = weights.prefix
        self.workers = workers
    }

    /// The bias belongs to the newest tap, which each result has.
    private static func bias(_ weights: WeightScope, to: Int, times: Int) throws -> Tensor {
        let bias = try weights.values("bias", shape: [to])
        return .concatenated([Tensor(repeating: 0, shape: [(times - 1) * to]), bias])
    }

    /// - Parameters:
    ///   - frame: `[H, W, from]`
    ///   - history: of the stream that the frame belongs to
    /// - Returns: `[H, W, to]`
    /// - Throws: ``FrameFileError``
    package func callAsFunction(_ frame: Tensor, after history: inout FrameHistory) throws -> Tensor {
        let owed = try history.frames(of: name).first
        let (result, owing) = sumOverTime(convolution([frame]), owed: owed, channels: channels, on: workers)
        try history.keep(owing, of: name, newest: 1)
        return result
    }
}
