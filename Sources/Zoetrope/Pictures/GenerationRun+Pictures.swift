internal import Checkpoints
internal import Conditioning
internal import ImageEncoding
internal import LatentDecoding
internal import PictureReading
internal import Pictures
internal import Tensors

/// What the transformer sees beside the noise, for both branches of guidance.
struct PictureGuidance: Sendable {
    /// `[m + z, f, h, w]`; nil for models that take no pictures.
    let conditional: Tensor?
    /// The same without the tracks, so that guidance leads towards them.
    let unconditional: Tensor?
    /// `[image tokens, image width]`; nil for models without an image encoder.
    let tokens: Tensor?
}

extension GenerationRun {
    /// Pictures and tracks to what the transformer takes. The encoders are gone afterwards.
    ///
    /// - Parameter latentShape: `[z, f, h, w]`
    func encodePictures(_ pictures: PictureInput?, latentShape: [Int], _ log: RunLog) throws
        -> PictureGuidance
    {
        guard let pictures else { return withoutPictures(latentShape) }
        let tokens = try imageTokens(pictures, log)
        let condition = try condition(first: pictures.first.values, last: pictures.last?.values, log)
        return PictureGuidance(
            conditional: drawn(condition).values, unconditional: condition.values, tokens: tokens)
    }

    /// - Parameter latentShape: `[z, f, h, w]`
    func withoutPictures(_ latentShape: [Int]) -> PictureGuidance {
        guard directory.pictureUse != .impossible else {
            return PictureGuidance(conditional: nil, unconditional: nil, tokens: nil)
        }
        let nothing = PictureCondition(withoutPictures: latentShape, maskChannels: directory.maskChannels)
            .values
        return PictureGuidance(conditional: nothing, unconditional: nothing, tokens: nil)
    }

    /// One picture after another, `[image tokens, image width]`.
    private func imageTokens(_ pictures: PictureInput, _ log: RunLog) throws -> Tensor? {
        guard let (config, processor) = directory.imageEncoder else { return nil }
        let encoder = try load("image_encoder", log) {
            try ImageEncoder(
                WeightScope(try directory.checkpoint(of: "image_encoder")), config: config,
                processor: processor, on: workers)
        }
        onEvent(.stage(.picture))
        return try log.measure(.picture) {
            let frames = [pictures.first, pictures.last].compactMap { $0 }
            return Tensor.concatenated(try frames.map { try encoder.encode($0) })
        }
    }

    /// - Parameters:
    ///   - first: `[H, W, 3]` in `-1 ... 1`
    ///   - last: of the same shape
    func condition(first: Tensor, last: Tensor?, _ log: RunLog) throws -> PictureCondition {
        let encoder = try load("vae", log) {
            try LatentEncoder(
                WeightScope(try directory.checkpoint(of: "vae")),
                config: directory.autoencoder, on: workers)
        }
        onEvent(.stage(.picture))
        return try log.measure(.picture) {
            let video = conditionVideo(first: first, last: last, frames: settings.frames)
            return PictureCondition(
                of: try encoder.encode(video, rememberingIn: frameFile), hasLast: last != nil,
                maskChannels: directory.maskChannels)
        }
    }

    /// The condition with the tracks drawn into it.
    private func drawn(_ condition: PictureCondition) -> PictureCondition {
        guard let trajectory = settings.trajectory else { return condition }
        let autoencoder = directory.autoencoder
        let cells = trajectory.cells(
            frames: settings.frames, height: settings.height, width: settings.width,
            factor: (autoencoder.temporalFactor, autoencoder.spatialFactor))
        return condition.drawing(cells, order: drawingOrder(count: cells.count, seed: settings.seed))
    }
}
