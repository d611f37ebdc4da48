import Checkpoints
import Foundation
import Patching
import Tensors
import TestSupport
import Testing
import Transformer

/// One transformer with several patch sizes, on a latent that most of them do not divide.
@Suite struct PatchSizeTests {
    private static let bound = 1e-4  // relative; fp32 with sums in another order is near 1e-6
    private static let golden = Goldens.url("patch-sizes/odd-latent")
    static let sizes = ["1x2x2", "1x1x1", "1x4x4", "2x2x2", "2x4x4", "3x1x2"]

    private let directory = TemporaryDirectory()

    private func expected(_ name: String) throws -> Tensor {
        try Goldens.tensor("patch-sizes/odd-latent/expected.safetensors", name)
    }

    private func model(in component: URL = golden, threads: Int = 2) throws -> DiT {
        let config = try readConfig(DiTConfig.self, at: component.appendingPathComponent("config.json"))
        let file = try PatchSizeFile(in: component, base: config.patch)
        let checkpoint = try Checkpoint(component: component, and: file.map { [$0.url] } ?? [])
        return try DiT(
            WeightScope(checkpoint), config: config, furtherSizes: file?.sizes ?? [],
            on: Workers(threads: threads))
    }

    @Test func theFileSaysWhichSizesThereAre() throws {
        let base = PatchSize(time: 1, height: 2, width: 2)
        let file = try #require(try PatchSizeFile(in: Self.golden, base: base))
        #expect(file.sizes.map(\.description) == ["1x1x1", "3x1x2", "2x2x2", "1x4x4", "2x4x4"])
        #expect(try PatchSizeFile(in: Goldens.url("transformer/patch-1x2x2"), base: base) == nil)
    }

    @Test(arguments: sizes)
    func everySizeMatchesDiffusers(name: String) throws {
        let (model, patch, latent) = (try model(), try #require(PatchSize(name)), try expected("latent"))
        let (timestep, context) = (try expected("timestep").values[0], try expected("context"))
        let patchifier = Patchifier(
            patch, frames: latent.shape[1], height: latent.shape[2], width: latent.shape[3])
        let rope = RotaryTable(
            patchifier.grid, base: model.config.patch, headWidth: model.config.headWidth)
        let ends = model.ends(of: patch)
        let tokens = patchifier.patchify(latent)
        let embedded = ends.embed(tokens)
        let time = model.conditionEmbedder.time(timestep, marker: ends.marker).embedding
        let layout = TokenLayout(patchifier.grid, rope: rope)
        let memory = try model.remember(context)
        let velocity = patchifier.unpatchify(try model(tokens, in: layout, at: timestep, given: memory))
        for (stage, found) in [
            ("patch_embedding", embedded), ("time_embedding", time), ("velocity", velocity),
        ] {
            let error = relativeError(found, try expected("\(stage).\(name)"))
            #expect(error <= Self.bound, "\(stage)")
        }
    }

    @Test func aMissingAnExtraAndAMisshapenKeyAreNamed() throws {
        try copy { tensors in
            tensors["1x4x4.marker"] = nil
            tensors["2x4x4.proj_out.weight"] = seeded([4, 48])
            tensors["1x1x1.gate"] = seeded([2])
            tensors["1x2x2.marker"] = seeded([48])  // the base has its ends in the transformer's own file
            tensors["1x4.marker"] = seeded([48])
        }
        let error = try #require(throws: CheckpointError.self) { try model(in: directory.url) }
        guard case .keys(let path, let problems) = error else { throw error }
        #expect(path == directory.url.path)
        #expect(problems.missing == ["1x4x4.marker"])
        #expect(problems.unused == ["1x1x1.gate", "1x2x2.marker", "1x4.marker"])
        #expect(problems.wrongShape.map(\.name) == ["2x4x4.proj_out.weight"])
        #expect(problems.wrongShape.map(\.expected) == [[128, 48]])
    }

    @Test func anotherFormatVersionOrBaseIsRefused() throws {
        let path = directory["patch_sizes.safetensors"].path
        for (key, value, found) in [
            ("format", "pt", "'format' = 'pt'"), ("version", "2", "'version' = '2'"),
            ("base", "1x1x1", "'base' = '1x1x1'"), ("base", nil, "no 'base'"),
        ] as [(String, String?, String)] {
            var metadata = Self.metadata
            let wanted = try #require(metadata[key])
            metadata[key] = value
            try copy(metadata: metadata) { _ in }
            let error = try #require(throws: CheckpointError.self) { try model(in: directory.url) }
            #expect(
                error.description
                    == "\(path): its metadata has \(found), but '\(key)' = '\(wanted)' is needed. The file belongs "
                    + "to another model or another version of Zoetrope; take the one that came with the weights "
                    + "beside it.")
        }
    }

    @Test func theFileIsPartOfTheFingerprint() throws {
        let alone = try Checkpoint(component: Self.golden).fingerprint()
        let file = Self.golden.appendingPathComponent("patch_sizes.safetensors")
        let whole = try Checkpoint(component: Self.golden, and: [file]).fingerprint()
        try copy { $0["1x4x4.marker"] = seeded([48]) }
        let changed = try Checkpoint(
            component: directory.url, and: [directory["patch_sizes.safetensors"]]
        ).fingerprint()
        #expect(Set([alone, whole, changed]).count == 3)
    }

    private static let metadata = ["format": "zoetrope.patch_sizes", "version": "1", "base": "1x2x2"]

    /// The golden model in ``directory``, with other ends.
    private func copy(
        metadata: [String: String] = metadata, after change: (inout [String: Tensor]) -> Void
    ) throws {
        let files = FileManager.default
        for name in ["config.json", "diffusion_pytorch_model.safetensors"] {
            try? files.removeItem(at: directory[name])
            try files.copyItem(at: Self.golden.appendingPathComponent(name), to: directory[name])
        }
        let source = try SafetensorsFile(Self.golden.appendingPathComponent("patch_sizes.safetensors"))
        var tensors = source.tensors.mapValues { $0.widened() }
        change(&tensors)
        try SafetensorsWriter.write(
            tensors.sorted { $0.key < $1.key }, metadata: metadata, to: directory["patch_sizes.safetensors"])
    }
}
