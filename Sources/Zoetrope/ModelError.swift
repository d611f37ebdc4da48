public import Foundation

/// A model that cannot be opened or cannot do what is asked.
public enum ModelError: Error, Equatable, Sendable {
    case nothingThere(path: String, embedded: [String])
    case embeddedModelMissing(places: [String])
    case singleFile(path: String)
    case noModel(path: String, found: [String])
    case missingComponent(path: String, name: String, file: String)
    case otherPipeline(path: String, found: String)
    case mismatch(path: String, what: String, expected: Int, found: Int, against: String)
    case otherInput(path: String, channels: Int, known: [Int])
    case twoTransformers(path: String)
    case latentShape(path: String, found: [Int], channels: Int)
}

extension ModelError: CustomStringConvertible, LocalizedError {
    public var description: String {
        switch self {
        case let .nothingThere(path, embedded):
            "There is no '\(path)'. Give --model a directory in diffusers layout or the name of an embedded model "
                + "(\(embedded.joined(separator: ", "))), or leave it out."
        case let .embeddedModelMissing(places):
            "The embedded model is in none of its places (\(places.joined(separator: ", "))). Keep "
                + "zoetrope_EmbeddedModel.resources beside the program, or name another model with --model."
        case let .singleFile(path):
            "'\(path)' is one file, but a clip takes a transformer, a text encoder, a tokenizer and an autoencoder. "
                + "Give --model the diffusers directory that holds them all."
        case let .noModel(path, found):
            "'\(path)' is no diffusers directory: it has no model_index.json (it holds "
                + "\(found.isEmpty ? "nothing" : found.joined(separator: ", "))). Name the directory one level up or down."
        case let .missingComponent(path, name, file):
            "'\(path)' lacks its \(name): '\(file)' is not there. Download the checkpoint completely."
        case let .otherPipeline(path, found):
            "'\(path)' is a model for \(found); Zoetrope runs WanPipeline. Give --model a Wan text-to-video checkpoint."
        case let .mismatch(path, what, expected, found, against):
            "'\(path)': \(what) is \(found), but \(against) needs \(expected). The parts come from different checkpoints."
        case let .otherInput(path, channels, known):
            "'\(path)' takes \(channels) input channels; models for text take \(known[0]) and models for pictures "
                + "\(known[1]). It is for something else, such as a control video. Take another checkpoint."
        case let .twoTransformers(path):
            "'\(path)' has two transformers for high and low noise (Wan 2.2 A14B), which are not supported. "
                + "Take a checkpoint with one."
        case let .latentShape(path, found, channels):
            "'\(path)' holds latents of shape \(found), but this model decodes [\(channels), frames, height, width]. "
                + "Name the model that made them with --model."
        }
    }

    public var errorDescription: String? { description }
}
