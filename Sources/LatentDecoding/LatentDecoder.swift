package import Checkpoints
internal import Kernels
package import Layers
package import Tensors

/// Turns latents into frames, one latent frame at a time.
///
/// All state of a decode is in its own history, so one decoder serves several decodes at once. Memory does
/// not grow with the number of latent frames: each level works on one frame and remembers the two before it.
///
/// - Source: diffusers 0.42.1 `autoencoder_kl_wan.py`, `AutoencoderKLWan._decode`, `WanDecoder3d`
package struct LatentDecoder: Sendable {
    package let config: AutoencoderConfig
    let statistics: LatentStatistics
    let entrance: PixelLinear
    let firstConvolution: CausalConv3d
    let middle: MidBlock
    let levels: [UpBlock]
    let head: Head
    private let patches: PixelPatches
    /// Of freed memory that may wait for tensors: what the levels pass to one another comes in few sizes, so that with
    /// 16 MiB most blocks find one that waits, and more would only raise the peak.
    private static let waitingBytes = 16 << 20
    private let workers: Workers

    /// Takes `decoder.*` and `post_quant_conv.*`. Of the rest of the file it checks the names only:
    /// `encoder.*` and `quant_conv.*` are left to ``LatentEncoder`` and may be absent, anything else is one
    /// tensor too many.
    ///
    /// - Parameter weights: a scope of its own, not one that the encoder has taken from
    /// - Throws: `CheckpointError` with all tensors that are missing, do not fit or are unused
    package init(_ weights: WeightScope, config: AutoencoderConfig, on workers: Workers) throws {
        let (widths, scope) = (config.decoderWidths, weights["decoder"])
        entrance = try PixelLinear(
            weights["post_quant_conv"], from: config.latentChannels, to: config.latentChannels, kernelAxes: 3,
            on: workers)
        firstConvolution = try CausalConv3d(
            scope["conv_in"], from: config.latentChannels, to: widths[0], window: .cube, on: workers)
        middle = try MidBlock(scope["mid_block"], channels: widths[0], on: workers)
        levels = try config.multipliers.indices.map {
            try UpBlock(scope["up_blocks"][$0], level: $0, of: config, on: workers)
        }
        head = try Head(
            norm: scope["norm_out"], convolution: scope["conv_out"], from: widths[widths.count - 1],
            to: config.outputChannels, on: workers)
        statistics = LatentStatistics(mean: config.latentMean, deviation: config.latentDeviation)
        patches = PixelPatches(size: config.patchSize, workers: workers)
        self.config = config
        self.workers = workers
        for part in ["encoder", "quant_conv"] { weights.ignore(part) }
        try weights.checkAllUsed()
    }

    /// Decodes frame after frame, and gives each away as soon as it is there.
    ///
    /// - Parameters:
    ///   - latent: `[z, f, h, w]`, as the sampler leaves it
    ///   - file: where remembered frames lie; nil keeps them in memory
    ///   - body: takes the `1 + temporalFactor * (f - 1)` frames in order, `[H, W, 3]`, fp32 in `-1...1`
    /// - Throws: `AutoencoderError` when the latent has another shape; `FrameFileError`; `CancellationError` once
    ///   the workers are cancelled; whatever `body` throws
    package func decode(
        _ latent: Tensor, rememberingIn file: FrameFile? = nil, _ body: (Tensor) throws -> Void
    ) throws {
        let shape = latent.shape
        guard shape.count == 4, shape[0] == config.latentChannels, shape.allSatisfy({ $0 > 0 }) else {
            throw AutoencoderError.wrongLatent(shape: shape, channels: config.latentChannels)
        }
        RunScope.current.ledger.limitWaiting(to: Self.waitingBytes)
        var history = FrameHistory(in: file)
        for index in 0..<shape[1] {
            try RunScope.during("latent frame \(index + 1)") {
                let x = try RunScope.with(owner: "mid_block") {
                    let x = try firstConvolution(
                        entrance(statistics.frame(index, of: latent)), after: &history)
                    return try middle(x, after: &history)
                }
                try rise(consume x, through: levels[...], after: &history, body)
            }
        }
    }

    /// Takes each frame through all finer levels before the next one, so that only one frame of each size is
    /// alive.
    private func rise(
        _ x: consuming Tensor, through levels: ArraySlice<UpBlock>, after history: inout FrameHistory,
        _ body: (Tensor) throws -> Void
    ) throws {
        // Taken out where it is used, so that whoever uses it can let it go.
        var waiting = [consume x]
        guard let level = levels.first else {
            let picture = try RunScope.with(owner: "conv_out") {
                try self.picture(of: waiting.removeLast(), after: &history)
            }
            try workers.checkCancellation()
            return try body(picture)
        }
        let owner = "up_blocks.\(self.levels.count - levels.count)"
        var frames = try RunScope.with(owner: owner) { try level(waiting.removeLast(), after: &history) }
        while let frame = try RunScope.with(owner: owner, { try frames.next() }) {
            try rise(frame, through: levels.dropFirst(), after: &history, body)
        }
    }

    /// Pixels out of what the finest level gives: `[H, W, 3]` in `-1...1`; NaN stays, so that it is seen.
    func picture(of x: consuming Tensor, after history: inout FrameHistory) throws -> Tensor {
        var picture = patches.unpatchify(try head(consume x, after: &history)).charged(to: .frames)
        guard picture.isFilled else { return picture }
        picture.withMutableValues { values in
            for index in values.indices where abs(values[index]) > 1 {
                values[index] = values[index] < 0 ? -1 : 1
            }
        }
        return picture
    }
}
