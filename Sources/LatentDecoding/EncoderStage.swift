internal import Layers
internal import Tensors

/// Part of the encoder between its first convolution and its middle.
protocol EncoderStage: Sendable {
    /// - Parameter x: one frame, `[H, W, C]`
    /// - Returns: one frame; nil when the stage halves the frames and waits for the next
    func callAsFunction(_ x: Tensor, after history: inout FrameHistory) throws -> Tensor?
}

/// A residual block that stands alone gives a frame for each frame.
struct ResidualStage: EncoderStage {
    let block: ResidualBlock

    func callAsFunction(_ x: Tensor, after history: inout FrameHistory) throws -> Tensor? {
        try block(x, after: &history)
    }
}
