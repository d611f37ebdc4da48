import Foundation
internal import Kernels

/// All of a run beside its tensors that its checkpoint keeps: what it makes and how it is carried out.
struct RunPlan: Codable, Equatable, Sendable {
    var recipe: Recipe
    /// What opens the model again; nil is the first embedded one.
    var model: String?
    /// Absolute; a directory of frames ends in `/`.
    var output: String
    /// Name under which the clip grows beside its place: left over when a run is killed.
    var partialOutput: String
    var latents: String?
    var threads: Int?
    var checkpointEvery: Int
    /// Where the program ran; pictures of the recipe may be named from there.
    var workingDirectory: String
    /// Whether the run made its directory, and so takes it away when it is complete.
    var madeDirectory: Bool
    /// What computed; another machine may round differently.
    var machine: String

    static var thisMachine: String {
        "kernels \(Machine.kernelSet), OpenBLAS \(Machine.blasVersion) \(Machine.blasCore)"
    }

    static func absolute(_ path: String) -> String {
        absolute(path, in: FileManager.default.currentDirectoryPath)
    }

    /// Unlike Foundation's, it keeps a slash at the end.
    static func absolute(_ path: String, in directory: String) -> String {
        path.hasPrefix("/") ? path : directory + "/" + path
    }

    /// What the recipe asks for, with its pictures named from anywhere.
    var settings: GenerationSettings {
        var settings = recipe.settings
        if let image = settings.image {
            settings.image?.path = Self.absolute(image.path, in: workingDirectory)
        }
        if let last = settings.lastImage {
            settings.lastImage?.path = Self.absolute(last.path, in: workingDirectory)
        }
        return settings
    }
}
