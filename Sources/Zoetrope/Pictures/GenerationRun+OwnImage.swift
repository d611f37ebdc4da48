internal import Conditioning
internal import Tensors

extension GenerationRun {
    /// What the transformer sees beside the latent: the pictures of the settings, or the clip's own first frame.
    func pictureGuidance(
        _ sampling: LatentSampling, showing pictures: PictureInput?, given contexts: Contexts, _ log: RunLog
    ) throws -> PictureGuidance {
        guard settings.ownImage == true else {
            return try encodePictures(pictures, latentShape: sampling.shape, log)
        }
        let first = try firstFrame(sampling, given: contexts, log)
        let condition = try condition(first: first, last: nil, log)
        return PictureGuidance(conditional: condition.values, unconditional: condition.values, tokens: nil)
    }

    /// The first frame of a first clip of the same settings, which is shown nothing, `[H, W, 3]` in `-1 ... 1`.
    ///
    /// - Source: the two stages of Girdhar et al., "Emu Video", arXiv 2311.10709, with one model for both
    private func firstFrame(
        _ sampling: LatentSampling, given contexts: Contexts, _ log: RunLog
    ) throws -> Tensor {
        let latent = try sampleLatent(
            sampling, given: contexts, and: withoutPictures(sampling.shape), from: sampling.start, log
        ) { _ in }
        var frames: [Tensor] = []
        try FrameDecoding(directory: directory, file: frameFile, workers: workers, onEvent: { _ in })
            .run(latent.firstFrame, frames: 1, log) { frames.append($0) }
        return frames[0]
    }
}

extension Tensor {
    /// Of a latent `[z, f, h, w]`, as `[z, 1, h, w]`.
    fileprivate var firstFrame: Tensor {
        let frames = shape[1]
        let planes = reshaped(to: [shape[0] * frames, shape[2], shape[3]])
        let first = (0..<shape[0]).map { planes.rows($0 * frames..<$0 * frames + 1) }
        return Tensor.concatenated(first).reshaped(to: [shape[0], 1, shape[2], shape[3]])
    }
}
