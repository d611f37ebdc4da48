package import Checkpoints
internal import Kernels
package import Layers
package import Tensors

/// Turns video into latents, one frame at a time.
///
/// - Source: diffusers 0.42.1 `autoencoder_kl_wan.py`, `AutoencoderKLWan._encode`, `WanEncoder3d`
package struct LatentEncoder: Sendable {
    package let config: AutoencoderConfig
    let firstConvolution: CausalConv3d
    let stages: [any EncoderStage]
    let middle: MidBlock
    let head: Head
    let exit: PixelLinear
    let patches: PixelPatches
    private let statistics: LatentStatistics
    private let workers: Workers

    /// Takes `encoder.*` and `quant_conv.*`. Of the rest of the file it checks the names only: `decoder.*` and
    /// `post_quant_conv.*` are left to ``LatentDecoder``.
    ///
    /// - Parameter weights: a scope of its own, not one that the decoder has taken from
    /// - Throws: `CheckpointError` with all tensors that are missing, do not fit or are unused
    package init(_ weights: WeightScope, config: AutoencoderConfig, on workers: Workers) throws {
        let (widths, scope) = (config.encoderWidths, weights["encoder"])
        let (width, moments) = (widths[widths.count - 1], 2 * config.latentChannels)
        firstConvolution = try CausalConv3d(
            scope["conv_in"], from: config.inputChannels, to: widths[0], window: .cube, on: workers)
        stages = try Self.stages(scope["down_blocks"], config: config, on: workers)
        middle = try MidBlock(scope["mid_block"], channels: width, on: workers)
        head = try Head(
            norm: scope["norm_out"], convolution: scope["conv_out"], from: width, to: moments, on: workers)
        exit = try PixelLinear(weights["quant_conv"], from: moments, to: moments, kernelAxes: 3, on: workers)
        statistics = LatentStatistics(mean: config.latentMean, deviation: config.latentDeviation)
        patches = PixelPatches(size: config.patchSize, workers: workers)
        self.config = config
        self.workers = workers
        for part in ["decoder", "post_quant_conv"] { weights.ignore(part) }
        try weights.checkAllUsed()
    }

    /// The levels: each a block with a short-cut around it, or its parts one after another.
    private static func stages(
        _ weights: WeightScope, config: AutoencoderConfig, on workers: Workers
    ) throws -> [any EncoderStage] {
        let levels = config.multipliers.indices
        guard !config.hasLevelShortcuts else {
            return try levels.map { try ResidualDownBlock(weights[$0], level: $0, of: config, on: workers) }
        }
        var stages: [any EncoderStage] = []
        for level in levels {
            let (from, to) = (config.encoderWidths[level], config.encoderWidths[level + 1])
            for block in 0..<config.residualBlocks {
                stages.append(
                    ResidualStage(
                        block: try ResidualBlock(
                            weights[stages.count], from: block == 0 ? from : to, to: to, on: workers)))
            }
            guard level < config.halvesTime.count else { break }
            stages.append(
                try Downsampler(
                    weights[stages.count], channels: to, halvesTime: config.halvesTime[level], on: workers))
        }
        return stages
    }

    /// - Parameters:
    ///   - video: `1 + temporalFactor * (f - 1)` frames in order, `[H, W, 3]`, fp32 in `-1...1`; taken one by
    ///     one
    ///   - file: where remembered frames lie; nil keeps them in memory
    /// - Returns: mean of the posterior, normalised for the sampler, `[z, f, h, w]`
    /// - Throws: `AutoencoderError` when a frame has another shape or the number of frames does not come out
    ///   even; `FrameFileError`; `CancellationError` once the workers are cancelled
    package func encode(_ video: some Sequence<Tensor>, rememberingIn file: FrameFile? = nil) throws -> Tensor
    {
        var history = FrameHistory(in: file)
        var latents: [Tensor] = []
        var size: [Int]?
        var count = 0
        for frame in video {
            try check(frame, size: size ?? frame.shape)
            size = frame.shape
            count += 1
            if let moments = try moments(of: frame, after: &history) { latents.append(moments) }
        }
        guard count > 0, count == config.frameCount(latentFrames: latents.count) else {
            throw AutoencoderError.wrongFrameCount(found: count, factor: config.temporalFactor)
        }
        try workers.checkCancellation()
        return statistics.latent(of: latents)
    }

    /// Mean and log-variance of the posterior, `[h, w, 2z]`; nil while a latent frame waits for further
    /// frames.
    private func moments(of frame: Tensor, after history: inout FrameHistory) throws -> Tensor? {
        var x = try firstConvolution(patches.patchify(frame), after: &history)
        for (index, stage) in stages.enumerated() {
            let next = try RunScope.with(owner: "down_blocks.\(index)") { try stage(x, after: &history) }
            guard let next else { return nil }
            x = next
        }
        return try RunScope.with(owner: "mid_block") {
            exit(try head(try middle(x, after: &history), after: &history))
        }
    }

    private func check(_ frame: Tensor, size: [Int]) throws(AutoencoderError) {
        let factor = config.spatialFactor
        guard frame.shape == size, size.count == 3, size[2] == 3, size[0] > 0, size[1] > 0,
            size[0] % factor == 0,
            size[1] % factor == 0
        else { throw .wrongFrame(shape: frame.shape, factor: factor) }
    }
}
