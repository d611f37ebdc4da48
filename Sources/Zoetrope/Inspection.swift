internal import Checkpoints
import Foundation
internal import ImageEncoding
internal import Kernels
internal import LatentDecoding
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
    public var defaults: ModelDefaults
    /// Kernels that would compute here.
    public var machine: String

    /// Whether every component loads: nothing missing, nothing unused.
    public var isComplete: Bool { components.allSatisfy { $0.problems.isEmpty } }
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
                _ = try DiT(WeightScope($0), config: directory.transformer, on: workers)
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
            abilities: directory.abilities, sizes: sizes, defaults: defaults,
            machine: "kernels \(Machine.kernelSet), OpenBLAS \(Machine.blasCore)")
    }

    private var sizes: String {
        let rule = directory.sizeRule
        let frames = "frames \(rule.frameStep)k+\(rule.frameOffset)"
        return "width a multiple of \(rule.widthStep), height a multiple of \(rule.heightStep), \(frames)"
    }

    private func component(_ name: String, load: (Checkpoint) throws -> Void) throws -> ComponentSummary {
        let checkpoint = try Checkpoint(component: directory.component(name))
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
            try Checkpoint(component: component(name)).fingerprint()
        }
        return ModelIdentity(name: name, hash: prints.map { String($0.prefix(16)) }.joined(separator: "-"))
    }
}
