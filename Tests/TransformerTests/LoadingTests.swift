import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing
import Transformer

@Suite struct LoadingTests {
    /// Real names and shapes, from one file and from shards; building throws unless every key is used.
    @Test(arguments: [
        ("wan2.1-t2v-1.3b-transformer", 1), ("wan2.1-t2v-1.3b-transformer", 2),
        ("wan2.1-i2v-14b-480p-transformer", 14), ("wan2.2-ti2v-5b-transformer", 3),
        ("wan2.2-i2v-a14b-transformer", 1),
    ])
    func publishedKeysAllFit(name: String, shards: Int) throws {
        let directory = TemporaryDirectory()
        try KeyList.published(name).writeSparse(to: directory.url, shards: shards)
        let config = try KeyList.config(DiTConfig.self, of: name)
        let weights = WeightScope(try Checkpoint(component: directory.url))
        let model = try DiT(weights, config: config, on: Workers(threads: 1))
        #expect(model.blocks.count == config.layers)
    }

    @Test func aMissingAnExtraAndAMisshapenKeyAreNamed() throws {
        let error = try #require(throws: CheckpointError.self) {
            try load("patch-1x2x2") { tensors in
                tensors["blocks.1.attn2.to_out.0.weight"] = nil
                tensors["proj_out.bias"] = seeded([63])
                tensors["blocks.0.attn1.to_gate_compress.weight"] = seeded([2])
                tensors["blocks.2.ffn.net.2.bias"] = seeded([64])
            }
        }
        guard case .keys(_, let problems) = error else { throw error }
        #expect(problems.missing == ["blocks.1.attn2.to_out.0.weight"])
        #expect(
            problems.unused == ["blocks.0.attn1.to_gate_compress.weight", "blocks.2.ffn.net.2.bias"])
        #expect(problems.wrongShape.map(\.name) == ["proj_out.bias"])
        #expect(problems.wrongShape.map(\.found) == [[63]])
        #expect(problems.wrongShape.map(\.expected) == [[64]])
    }

    @Test func anImageEncodersUnreadNormIsPassedOver() throws {
        try load("image-encoder") { $0["blocks.1.attn2.norm_added_q.weight"] = seeded([48]) }
        #expect(throws: CheckpointError.self) {
            try load("image-to-video") { $0["blocks.1.attn2.norm_added_q.weight"] = seeded([48]) }
        }
    }

    /// Loads a golden model after a change of its tensors.
    private func load(_ name: String, after change: (inout [String: Tensor]) -> Void) throws {
        let source = Goldens.url("transformer/\(name)")
        var tensors = try Checkpoint(component: source).tensors.mapValues { $0.widened() }
        change(&tensors)
        let directory = TemporaryDirectory()
        try SafetensorsWriter.write(
            tensors.sorted { $0.key < $1.key }, to: directory["diffusion_pytorch_model.safetensors"])
        try FileManager.default.copyItem(
            at: source.appendingPathComponent("config.json"), to: directory["config.json"])
        _ = try GoldenTransformer.load(directory.url)
    }
}
