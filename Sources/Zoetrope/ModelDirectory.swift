internal import Checkpoints
internal import EmbeddedModel
import Foundation
internal import ImageEncoding
internal import LatentDecoding
internal import Tensors
internal import TextEncoding
internal import Transformer

/// A model in diffusers layout of which only the configuration files have been read, and the names in the file
/// of further patch sizes where it has one.
struct ModelDirectory: Sendable {
    let url: URL
    /// What opens it again from anywhere: a path, or the name of an embedded model.
    let place: String
    let name: String
    let transformer: DiTConfig
    let patchSizeFile: PatchSizeFile?
    let autoencoder: AutoencoderConfig
    let textEncoder: TextEncoderConfig
    let defaults: ModelDefaults
    let imageEncoder: (config: ImageEncoderConfig, processor: ImageProcessor)?
    let pictureUse: PictureUse

    /// - Parameter path: a directory, or the name of an embedded model; nil means ``EmbeddedModel/standard``
    /// - Throws: ``ModelError``, or `CheckpointError` for a configuration that cannot be read
    init(_ path: String?) throws {
        let embedded = Self.embedded(path)
        url = try embedded.map(Self.locate) ?? Self.locate(path ?? "")
        place = embedded?.rawValue ?? url.path
        name = embedded?.rawValue ?? url.lastPathComponent
        try Self.checkPipeline(url)
        transformer = try readConfig(
            DiTConfig.self, at: url.appendingPathComponent("transformer/config.json"))
        patchSizeFile = try PatchSizeFile(
            in: url.appendingPathComponent("transformer"), base: transformer.patch)
        autoencoder = try readConfig(
            AutoencoderConfig.self, at: url.appendingPathComponent("vae/config.json"))
        textEncoder = try readConfig(
            TextEncoderConfig.self, at: url.appendingPathComponent("text_encoder/config.json"))
        defaults = try ModelDefaults(directory: url, transformer: transformer)
        imageEncoder = try Self.imageEncoder(url, for: transformer)
        pictureUse = try Self.pictureUse(
            url, transformer: transformer, maskChannels: autoencoder.temporalFactor,
            imageEncoder: imageEncoder?.config)
        try checkParts()
    }

    func component(_ name: String) -> URL { url.appendingPathComponent(name, isDirectory: true) }

    /// Weights of a component, with all that belongs to it.
    func checkpoint(of name: String) throws -> Checkpoint {
        let further = name == "transformer" ? patchSizeFile.map { [$0.url] } : nil
        return try Checkpoint(component: component(name), and: further ?? [])
    }

    /// Latent channels that the transformer gives back.
    var latentChannels: Int { transformer.outputChannels }

    /// `[z, f, h, w]` of a clip whose size fits ``sizeRule``.
    func latentShape(width: Int, height: Int, frames: Int) -> [Int] {
        [
            latentChannels, (frames - 1) / autoencoder.temporalFactor + 1,
            height / autoencoder.spatialFactor, width / autoencoder.spatialFactor,
        ]
    }

    var sizeRule: SizeRule {
        SizeRule(
            compression: (autoencoder.temporalFactor, autoencoder.spatialFactor),
            patch: transformer.patch,
            positions: transformer.longestAxis)
    }

    /// Whether the model says itself which clips it makes, sizes included.
    var statesDefaults: Bool {
        FileManager.default.fileExists(atPath: url.appendingPathComponent("generation.json").path)
    }

    /// The embedded model that is meant; what lies at a path goes before a name.
    private static func embedded(_ path: String?) -> EmbeddedModel? {
        guard let path else { return .standard }
        return FileManager.default.fileExists(atPath: path) ? nil : EmbeddedModel(rawValue: path)
    }

    private static func locate(_ model: EmbeddedModel) throws -> URL {
        guard let directory = model.directory else {
            throw ModelError.embeddedModelMissing(places: model.places.map(\.path))
        }
        return directory
    }

    private static func locate(_ path: String) throws -> URL {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
            throw ModelError.nothingThere(
                path: path, embedded: EmbeddedModel.allCases.map(\.rawValue))
        }
        guard isDirectory.boolValue else { throw ModelError.singleFile(path: path) }
        return URL(fileURLWithPath: path, isDirectory: true)
    }

    private static func checkPipeline(_ url: URL) throws {
        let index = url.appendingPathComponent("model_index.json")
        guard FileManager.default.fileExists(atPath: index.path) else {
            let found = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
            throw ModelError.noModel(path: url.path, found: Array(found.sorted().prefix(8)))
        }
        let pipeline = try readConfig(PipelineIndex.self, at: index)
        guard ["WanPipeline", "WanImageToVideoPipeline"].contains(pipeline.className) else {
            throw ModelError.otherPipeline(path: url.path, found: pipeline.className)
        }
        if pipeline.secondTransformer != nil { throw ModelError.twoTransformers(path: url.path) }
        for (component, file) in [
            ("transformer", "transformer/config.json"), ("autoencoder", "vae/config.json"),
            ("text encoder", "text_encoder/config.json"), ("tokenizer", "tokenizer/spiece.model"),
        ] where !FileManager.default.fileExists(atPath: url.appendingPathComponent(file).path) {
            throw ModelError.missingComponent(path: url.path, name: component, file: file)
        }
    }

    private func checkParts() throws {
        guard transformer.outputChannels == autoencoder.latentChannels else {
            throw ModelError.mismatch(
                path: url.path, what: "the number of latent channels of the autoencoder",
                expected: transformer.outputChannels, found: autoencoder.latentChannels,
                against: "the transformer")
        }
        guard transformer.textWidth == textEncoder.width else {
            throw ModelError.mismatch(
                path: url.path, what: "the width of the text encoder", expected: transformer.textWidth,
                found: textEncoder.width, against: "the transformer")
        }
    }
}

/// What `model_index.json` says of the whole.
private struct PipelineIndex: Decodable {
    let className: String
    let secondTransformer: String?

    enum CodingKeys: String, CodingKey {
        case className = "_class_name"
        case secondTransformer = "transformer_2"
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        className = try values.decode(String.self, forKey: .className)
        // ["diffusers", "WanTransformer3DModel"], or [null, null] where there is none.
        let second = try values.decodeIfPresent([String?].self, forKey: .secondTransformer)
        secondTransformer = second?.compactMap { $0 }.last
    }
}
