internal import Checkpoints
internal import Kernels
internal import Tensors

/// `x / |x| * sqrt(channels) * gamma`, the length taken over the channels of each pixel.
///
/// - Source: diffusers 0.42.1 `autoencoder_kl_wan.py`, `WanRMS_norm`
struct PixelNorm: Sendable {
    /// `sqrt(channels) * gamma`
    let gain: Tensor
    private let workers: Workers

    /// Takes `gamma` `[channels]` with as many axes of length 1 behind it as it has in the file.
    init(_ weights: WeightScope, channels: Int, trailingAxes: Int, on workers: Workers) throws {
        let shape = [channels] + Array(repeating: 1, count: trailingAxes)
        let gamma = try weights.values("gamma", shape: shape).reshaped(to: [channels])
        gain = Tensor.sum([(factor: Float(channels).squareRoot(), tensor: gamma)])
        self.workers = workers
    }

    func callAsFunction(_ x: Tensor) -> Tensor { l2Norm(x, gain: gain, on: workers) }
}
