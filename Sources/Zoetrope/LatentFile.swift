internal import Checkpoints
import Foundation
internal import Tensors

/// Latents between sampling and decoding, as safetensors: tensor `latents` and the recipe that made them.
enum LatentFile {
    private static let tensorName = "latents"
    private static let recipeName = "recipe"

    /// - Parameter shape: of the latents that will be written
    /// - Throws: an error that names the path when no file can be made there
    static func checkWritable(_ path: String, shape: [Int]) throws {
        try SafetensorsWriter.checkWritable(
            URL(fileURLWithPath: path), expectedBytes: shape.reduce(MemoryLayout<Float>.size, *))
    }

    static func write(_ latent: Tensor, recipe: Recipe, to path: String) throws {
        try SafetensorsWriter.write(
            [(tensorName, latent)], metadata: [recipeName: try recipe.json()], to: URL(fileURLWithPath: path))
    }

    /// - Returns: the latents and, where they carry it, the recipe
    static func read(_ path: String, channels: Int) throws -> (latent: Tensor, recipe: Recipe?) {
        let (file, stored) = try open(path, channels: channels)
        return (stored.widened(), try file.metadata[recipeName].map { try Recipe(json: $0, from: path) })
    }

    /// - Returns: `[z, f, h, w]`
    static func shape(_ path: String, channels: Int) throws -> [Int] {
        try open(path, channels: channels).stored.shape
    }

    private static func open(_ path: String, channels: Int) throws -> (
        file: SafetensorsFile, stored: StoredTensor
    ) {
        let file = try SafetensorsFile(URL(fileURLWithPath: path))
        guard let stored = file.tensors[tensorName], stored.type.isFloatingPoint, stored.shape.count == 4,
            stored.shape[0] == channels, stored.count > 0
        else {
            throw ModelError.latentShape(
                path: path, found: file.tensors[tensorName]?.shape ?? [], channels: channels)
        }
        return (file, stored)
    }
}
