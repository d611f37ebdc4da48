internal import Layers
package import Tensors

extension LatentDecoder {
    /// What each stage makes of each latent frame, level after level instead of frame after frame. For comparing
    /// with the reference; ``decode(_:_:)`` must give the same frames and needs far less memory.
    ///
    /// - Parameter latent: `[z, f, h, w]`, as the sampler leaves it
    /// - Returns: by name as in the reference, such as `2.up_blocks.0` for the third latent frame:
    ///   `[frames, H, W, C]`; `frames` without number holds all frames
    package func stages(of latent: Tensor) throws -> [String: Tensor] {
        var history = FrameHistory()
        var stages: [String: Tensor] = [:]
        var pictures: [Tensor] = []
        for chunk in 0..<latent.shape[1] {
            var x = try firstConvolution(entrance(statistics.frame(chunk, of: latent)), after: &history)
            stages["\(chunk).conv_in"] = stacked([x])
            x = try middle(x, after: &history)
            stages["\(chunk).mid_block"] = stacked([x])
            var frames = [x]
            for (index, level) in levels.enumerated() {
                frames = try frames.flatMap { try level($0, after: &history).all() }
                stages["\(chunk).up_blocks.\(index)"] = stacked(frames)
            }
            pictures += try frames.map { try picture(of: $0, after: &history) }
        }
        stages["frames"] = stacked(pictures)
        return stages
    }
}

extension LatentEncoder {
    /// What each stage makes of each chunk of the video, stage after stage; as ``LatentDecoder/stages(of:)``.
    ///
    /// - Parameter video: frames `[H, W, 3]`
    /// - Returns: by name as in the reference, such as `2.down_blocks.0` for the third latent frame:
    ///   `[frames, H, W, C]`
    package func stages(of video: [Tensor]) throws -> [String: Tensor] {
        var history = FrameHistory()
        var outputs: [String: Tensor] = [:]
        for (chunk, pictures) in chunks(of: video).enumerated() {
            var frames = try pictures.map { try firstConvolution(patches.patchify($0), after: &history) }
            outputs["\(chunk).conv_in"] = stacked(frames)
            for (index, stage) in stages.enumerated() {
                frames = try frames.compactMap { try stage($0, after: &history) }
                outputs["\(chunk).down_blocks.\(index)"] = stacked(frames)
            }
            frames = try frames.map { try middle($0, after: &history) }
            outputs["\(chunk).mid_block"] = stacked(frames)
        }
        return outputs
    }

    /// The frames of each latent frame: one, then ``AutoencoderConfig/temporalFactor`` at a time.
    private func chunks(of video: [Tensor]) -> [[Tensor]] {
        let rest = stride(from: 1, to: video.count, by: config.temporalFactor).map {
            Array(video[$0..<min(video.count, $0 + config.temporalFactor)])
        }
        return [Array(video.prefix(1))] + rest
    }
}

private func stacked(_ frames: [Tensor]) -> Tensor {
    .concatenated(frames.map { $0.reshaped(to: [1] + $0.shape) })
}
