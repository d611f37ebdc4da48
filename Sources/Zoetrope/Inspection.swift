internal import Checkpoints
import Foundation
internal import ImageEncoding
internal import Kernels
internal import LatentDecoding
internal import Patching
internal import Tensors
internal import TextEncoding
internal import Transformer

/// What a model consists of, whether it is complete, and what it can do.
public struct ModelSummary: Codable, Equatable, Sendable {
    public var name: String
    public var path: String
    /// Fingerprint of all weight files, as recipes carry it.
    public var hash: String
    public var components: [ComponentSummary]
    /// Such as "text to video".
    public var abilities: [String]
    /// The sizes it accepts, in words.
    public var sizes: String
    /// Patch sizes that `GenerationRequest.patch` may name, finer ones first.
    public var patchSizes: [PatchSizeSummary]
    public var defaults: ModelDefaults
    /// Kernels that would compute here.
    public var machine: String

    /// Whether every component loads: nothing missing, nothing unused.
    public var isComplete: Bool { components.allSatisfy { $0.problems.isEmpty } }
}

/// One way to cut a latent into tokens.
public struct PatchSizeSummary: Codable, Equatable, Sendable {
    /// Latent cells of a token in time, height and width, such as `1x2x2`.
    public var size: String
    /// Tokens of the default clip.
    public var tokens: Int
    /// Whether it is the size that a run takes when none is named.
    public var isBase: Bool
}

/// One component of a model.
public struct ComponentSummary: Codable, Equatable, Sendable {
    public var name: String
    public var parameters: Int
    public var bytes: Int
    /// Number formats in its files, such as `BF16`.
    public var types: [String]
    public var files: Int
    /// Why it would not load, empty when it would.
    public var problems: [String]
}

extension VideoGenerator {
    /// Maps all weights and checks every key, shape and type, without computing anything.
    ///
    /// - Throws: an error that names the file when a component cannot be read at all
    public func inspect() throws -> ModelSummary {
        let workers = Workers(threads: 1)
        var components = [
            try component("transformer") {
                _ = try DiT(
                    WeightScope($0), config: directory.transformer,
                    furtherSizes: directory.furtherPatchSizes, on: workers)
            },
            try component("text_encoder") {
                _ = try TextEncoder(WeightScope($0), config: directory.textEncoder, on: workers)
            },
            try component("vae") {
                _ = try LatentDecoder(WeightScope($0), config: directory.autoencoder, on: workers)
                // A file without an encoder is enough to make video from text.
                if directory.pictureUse != .impossible
                    || $0.tensors.keys.contains(where: { $0.hasPrefix("encoder.") })
                {
                    _ = try LatentEncoder(WeightScope($0), config: directory.autoencoder, on: workers)
                }
            },
        ]
        if let (config, processor) = directory.imageEncoder {
            let encoder = try component("image_encoder") {
                _ = try ImageEncoder(WeightScope($0), config: config, processor: processor, on: workers)
            }
            components.append(encoder)
        }
        return ModelSummary(
            name: directory.name, path: directory.url.path, hash: try directory.identity().hash,
            components: components,
            abilities: directory.abilities, sizes: sizes, patchSizes: patchSizes, defaults: defaults,
            machine:
                "kernels \(Machine.kernelSet), OpenBLAS \(Machine.blasVersion) \(Machine.blasCore), one thread a call"
        )
    }

    private var sizes: String {
        let rule = directory.sizeRule
        let frames = "frames \(rule.frameStep)k+\(rule.frameOffset)"
        return "width a multiple of \(rule.widthStep), height a multiple of \(rule.heightStep), \(frames)"
    }

    private var patchSizes: [PatchSizeSummary] {
        let shape = directory.latentShape(
            width: defaults.width, height: defaults.height, frames: defaults.frames)
        return directory.patchSizes.map { patch in
            let grid = TokenGrid(of: patch, frames: shape[1], height: shape[2], width: shape[3])
            return PatchSizeSummary(
                size: patch.description, tokens: grid.tokens, isBase: patch == directory.transformer.patch)
        }
    }

    private func component(_ name: String, load: (Checkpoint) throws -> Void) throws -> ComponentSummary {
        let checkpoint = try directory.checkpoint(of: name)
        var problems: [String] = []
        do {
            try load(checkpoint)
        } catch let error as CheckpointError {
            problems = [error.description]
        }
        let tensors = checkpoint.tensors.values
        return ComponentSummary(
            name: name, parameters: tensors.reduce(0) { $0 + $1.count }, bytes: checkpoint.byteCount,
            types: Set(tensors.map(\.type.rawValue)).sorted(), files: checkpoint.files.count,
            problems: problems)
    }
}

extension ModelDirectory {
    /// Name and fingerprint, for recipes.
    func identity() throws -> ModelIdentity {
        let parts = ["transformer", "text_encoder", "vae"] + (imageEncoder == nil ? [] : ["image_encoder"])
        let prints = try parts.map { name in
            try checkpoint(of: name).fingerprint()
        }
        return ModelIdentity(name: name, hash: prints.map { String($0.prefix(16)) }.joined(separator: "-"))
    }
}
