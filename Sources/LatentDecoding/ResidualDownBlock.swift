internal import Checkpoints
internal import Kernels
internal import Layers
internal import Tensors

/// One level of an encoder with short-cuts around its levels: residual blocks, then the step to the next
/// coarser level.
///
/// - Source: diffusers 0.42.1 `autoencoder_kl_wan.py`, `WanResidualDownBlock`
struct ResidualDownBlock: EncoderStage {
    private let blocks: [ResidualBlock]
    /// None at the coarsest level.
    private let downsampler: Downsampler?
    private let shortcut: ChannelAveraging
    private let workers: Workers

    /// - Parameter level: 0 is the finest
    init(_ weights: WeightScope, level: Int, of config: AutoencoderConfig, on workers: Workers) throws {
        let (from, to) = (config.encoderWidths[level], config.encoderWidths[level + 1])
        let isCoarsest = level == config.halvesTime.count
        let halvesTime = !isCoarsest && config.halvesTime[level]
        blocks = try (0..<config.residualBlocks).map {
            try ResidualBlock(weights["resnets"][$0], from: $0 == 0 ? from : to, to: to, on: workers)
        }
        downsampler =
            isCoarsest
            ? nil : try Downsampler(weights["downsampler"], channels: to, halvesTime: halvesTime, on: workers)
        shortcut = ChannelAveraging(
            from: from, to: to, halvesSpace: !isCoarsest, halvesTime: halvesTime, name: weights.prefix,
            on: workers)
        self.workers = workers
    }

    func callAsFunction(_ x: Tensor, after history: inout FrameHistory) throws -> Tensor? {
        let around = try shortcut(x, after: &history)
        var main = x
        for block in blocks { main = try block(main, after: &history) }
        if let downsampler {
            guard let smaller = try downsampler(main, after: &history) else { return nil }
            main = smaller
        }
        guard let around else { preconditionFailure("both ways give a frame at the same time") }
        main.add(around, on: workers)
        return main
    }
}
