internal import Checkpoints
internal import Layers
internal import Tensors

/// Residual block, attention, residual block at the coarsest level.
///
/// - Source: diffusers 0.42.1 `autoencoder_kl_wan.py`, `WanMidBlock` with one layer
struct MidBlock: Sendable {
    private let first: ResidualBlock
    private let attention: FrameAttention
    private let second: ResidualBlock

    init(_ weights: WeightScope, channels: Int, on workers: Workers) throws {
        first = try ResidualBlock(weights["resnets"][0], from: channels, to: channels, on: workers)
        attention = try FrameAttention(weights["attentions"][0], channels: channels, on: workers)
        second = try ResidualBlock(weights["resnets"][1], from: channels, to: channels, on: workers)
    }

    /// - Parameter x: one frame, `[H, W, C]`
    /// - Returns: the same shape
    func callAsFunction(_ x: Tensor, after history: inout FrameHistory) throws -> Tensor {
        let x = try first(x, after: &history)
        return try second(attention(x), after: &history)
    }
}
