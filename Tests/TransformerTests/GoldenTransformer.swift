import Checkpoints
import Foundation
import Patching
import Tensors
import TestSupport
import Transformer

/// A small transformer of `Tests/Goldens/transformer` with the inputs that its goldens were made from.
struct GoldenTransformer {
    static let names = [
        "full-context-bf16", "head-64-fp16", "image-encoder", "image-to-video", "one-token", "patch-1x1x1",
        "patch-1x2x2", "patch-2x2x2", "sharded", "two-images",
    ]

    let model: DiT
    let latent: Tensor
    let timestep: Float
    let context: Tensor
    let image: Tensor?
    private let file: String

    /// - Parameter latent: taken in place of the golden one
    init(
        _ name: String, latent: Tensor? = nil, settings: TransformerSettings = TransformerSettings(),
        on workers: Workers = Workers(threads: 2)
    ) throws {
        file = "transformer/\(name)/expected.safetensors"
        model = try Self.load(Goldens.url("transformer/\(name)"), settings: settings, on: workers)
        self.latent = try latent ?? Goldens.tensor(file, "latent")
        timestep = try Goldens.tensor(file, "timestep").values[0]
        context = try Goldens.tensor(file, "context")
        image =
            model.config.imageWidth == nil
            ? nil : Self.inOneList(try Goldens.tensor(file, "image"))
    }

    static func load(
        _ directory: URL, settings: TransformerSettings = TransformerSettings(),
        on workers: Workers = Workers(threads: 1)
    ) throws -> DiT {
        let config = try readConfig(DiTConfig.self, at: directory.appendingPathComponent("config.json"))
        let weights = WeightScope(try Checkpoint(component: directory))
        return try DiT(weights, config: config, settings: settings, on: workers)
    }

    /// `[images, tokens, width]` to `[images * tokens, width]`
    private static func inOneList(_ tokens: Tensor) -> Tensor {
        tokens.reshaped(to: [tokens.shape[0] * tokens.shape[1], tokens.shape[2]])
    }

    var patchifier: Patchifier {
        Patchifier(patch, frames: latent.shape[1], height: latent.shape[2], width: latent.shape[3])
    }

    var patch: PatchSize { model.config.patch }

    var rope: RotaryTable {
        RotaryTable(patchifier.grid, base: model.config.patch, headWidth: model.config.headWidth)
    }

    func velocity(leavingOut compression: TokenCompression = TokenCompression()) throws -> Tensor {
        let tokens = patchifier.patchify(latent)
        let output = try model(
            tokens, in: TokenLayout(patchifier.grid, rope: rope), at: timestep, given: memory(),
            leavingOut: compression)
        return patchifier.unpatchify(output)
    }

    func memory() throws -> PromptMemory { try model.remember(context, image: image) }

    func expected(_ stage: String) throws -> Tensor { try Goldens.tensor(file, stage) }
}
