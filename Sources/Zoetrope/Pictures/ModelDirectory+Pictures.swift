internal import Checkpoints
import Foundation
internal import ImageEncoding
internal import LatentDecoding
internal import Transformer

/// What pictures mean to a model.
enum PictureUse: String, Sendable {
    /// It makes video from text only.
    case impossible
    /// It has been trained with and without a first frame.
    case optional
    /// It animates a first frame.
    case required
    /// It goes from a first frame to a last one.
    case bothRequired
}

extension ModelDirectory {
    /// Channels of the mask beside noise and picture latents: frames that share a latent frame.
    var maskChannels: Int { autoencoder.temporalFactor }

    /// From the channels of the transformer; what cannot be told from them is in `generation.json`.
    ///
    /// - Throws: ``ModelError/otherInput(path:channels:known:)``; an error that names a broken `generation.json`
    static func pictureUse(
        _ url: URL, transformer: DiTConfig, maskChannels: Int, imageEncoder: ImageEncoderConfig?
    ) throws -> PictureUse {
        let (input, latent) = (transformer.inputChannels, transformer.outputChannels)
        guard input != latent else { return .impossible }
        guard input == 2 * latent + maskChannels else {
            throw ModelError.otherInput(
                path: url.path, channels: input, known: [latent, 2 * latent + maskChannels])
        }
        if imageEncoder != nil { return transformer.imagePositions == nil ? .required : .bothRequired }
        let file = url.appendingPathComponent("generation.json")
        guard FileManager.default.fileExists(atPath: file.path) else { return .required }
        return try readConfig(StatedUse.self, at: file).image == .optional ? .optional : .required
    }

    /// The image encoder of models whose transformer asks for one.
    ///
    /// - Throws: ``ModelError`` when it is missing or does not fit; `CheckpointError` for a broken configuration
    static func imageEncoder(
        _ url: URL, for transformer: DiTConfig
    ) throws -> (config: ImageEncoderConfig, processor: ImageProcessor)? {
        guard let width = transformer.imageWidth else { return nil }
        let files = ["image_encoder/config.json", "image_processor/preprocessor_config.json"]
        for file in files
        where !FileManager.default.fileExists(atPath: url.appendingPathComponent(file).path) {
            throw ModelError.missingComponent(path: url.path, name: "image encoder", file: file)
        }
        let config = try readConfig(ImageEncoderConfig.self, at: url.appendingPathComponent(files[0]))
        let processor = try readConfig(ImageProcessor.self, at: url.appendingPathComponent(files[1]))
        guard config.width == width else {
            throw ModelError.mismatch(
                path: url.path, what: "the width of the image encoder", expected: width, found: config.width,
                against: "the transformer")
        }
        if let positions = transformer.imagePositions, positions != 2 * config.tokens {
            throw ModelError.mismatch(
                path: url.path, what: "the number of tokens of two pictures", expected: positions,
                found: 2 * config.tokens, against: "the transformer")
        }
        return (config, processor)
    }

    /// - Throws: ``PictureRequestError``, ``TrajectoryError``
    func check(picturesOf settings: GenerationSettings) throws {
        let (hasFirst, hasLast) = (settings.image != nil, settings.lastImage != nil)
        if settings.trajectory != nil, !hasFirst { throw PictureRequestError.trajectoryWithoutPicture }
        if hasLast, !hasFirst { throw PictureRequestError.lastWithoutFirst }
        if settings.ownImage == true {
            if hasFirst { throw PictureRequestError.ownWithPicture }
            if pictureUse == .impossible { throw PictureRequestError.modelTakesNotItsOwn(model: name) }
        }
        switch pictureUse {
        case .impossible where hasFirst: throw PictureRequestError.modelTakesNone(model: name)
        case .required where !hasFirst, .bothRequired where !hasFirst:
            throw PictureRequestError.modelNeedsFirst(model: name)
        case .bothRequired where !hasLast: throw PictureRequestError.modelNeedsLast(model: name)
        case .required where hasLast && imageEncoder != nil:
            throw PictureRequestError.modelTakesNoLast(model: name)
        default: break
        }
        let fewest = 1 + autoencoder.temporalFactor
        if hasLast, settings.frames < fewest {
            throw PictureRequestError.lastNeedsFrames(found: settings.frames, fewest: fewest)
        }
        if let trajectory = settings.trajectory {
            try trajectory.check(source: "of the settings")
            try trajectory.check(frames: settings.frames)
        }
    }

    /// What the model makes, in words.
    var abilities: [String] {
        let text = "text to video"
        let first = "image to video"
        let both = "first and last image to video"
        let tracks = "drawn trajectories"
        switch pictureUse {
        case .impossible: return [text]
        case .optional: return [text, first, both, tracks]
        case .required: return imageEncoder == nil ? [first, both, tracks] : [first, tracks]
        case .bothRequired: return [both, tracks]
        }
    }
}

/// What a model's own `generation.json` says of pictures.
private struct StatedUse: Decodable {
    enum Use: String, Decodable { case optional, required }

    let image: Use?
}
