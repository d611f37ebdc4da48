import Foundation
internal import Kernels

/// All of a run beside its tensors that its checkpoint keeps: what it makes and how it is carried out.
struct RunInstructions: Codable, Equatable, Sendable {
    var recipe: Recipe
    /// What opens the model again; nil is the first embedded one.
    var model: String?
    /// Absolute; a directory of frames ends in `/`.
    var output: String
    /// Name under which the clip grows beside its place: left over when a run is killed.
    var partialOutput: String
    var latents: String?
    var threads: Int?
    var maxMemory: Int?
    var checkpointEvery: Int
    /// Where the recipe's pictures lie; absolute, as the recipe's own paths may not be.
    var image: String?
    var lastImage: String?
    /// Whether the run made its directory, and so takes it away when it is complete.
    var madeDirectory: Bool
    /// What computed; another machine may round differently.
    var machine: String

    static var thisMachine: String {
        "kernels \(Machine.kernelSet), OpenBLAS \(Machine.blasVersion) \(Machine.blasCore)"
    }

    /// Unlike Foundation's, it keeps a slash at the end.
    static func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    }
}
