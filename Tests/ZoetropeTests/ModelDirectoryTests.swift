import Foundation
import TestSupport
import Testing
import Zoetrope

/// What is wrong with a model is said when it is opened, by name.
@Suite struct ModelDirectoryTests {
    private let directory = TemporaryDirectory()

    private func problem(_ path: String?) -> String {
        do {
            _ = try VideoGenerator(model: path)
            return "opened"
        } catch {
            return "\(error)"
        }
    }

    @Test func whatIsNoModelIsNamed() throws {
        let file = directory["model.safetensors"]
        try Data("x".utf8).write(to: file)
        #expect(
            problem("/nowhere")
                == "There is no '/nowhere'. Give --model a directory in diffusers layout or the "
                + "name of an embedded model (world, sprites), or leave it out.")
        #expect(
            problem(file.path)
                == "'\(file.path)' is one file, but a clip takes a transformer, a text encoder, "
                + "a tokenizer and an autoencoder. Give --model the diffusers directory that holds them all.")
        #expect(
            problem(directory.url.path) == "'\(directory.url.path)' is no diffusers directory: it has no "
                + "model_index.json (it holds model.safetensors). Name the directory one level up or down.")
    }

    @Test(arguments: [
        ("transformer", "transformer/config.json"), ("autoencoder", "vae/config.json"),
        ("text encoder", "text_encoder/config.json"), ("tokenizer", "tokenizer/spiece.model"),
    ])
    func missingComponentsAreNamed(name: String, file: String) throws {
        let copy = try ModelCopy(in: directory)
        let model = copy.url
        try FileManager.default.removeItem(at: model.appendingPathComponent(file))
        #expect(
            problem(model.path) == "'\(model.path)' lacks its \(name): '\(file)' is not there. "
                + "Download the checkpoint completely.")
    }

    @Test func otherKindsOfModelsAreNamed() throws {
        let copy = try ModelCopy(in: directory)
        let model = copy.url
        let index = "model_index.json"
        try copy.edit(index) { $0["_class_name"] = "LTXPipeline" }
        #expect(
            problem(model.path) == "'\(model.path)' is a model for LTXPipeline; Zoetrope runs WanPipeline. "
                + "Give --model a Wan text-to-video checkpoint.")
        try copy.edit(index) {
            $0["_class_name"] = "WanPipeline"
            $0["transformer_2"] = [NSNull(), NSNull()]
        }
        #expect(problem(model.path) == "opened")
        try copy.edit(index) { $0["transformer_2"] = ["diffusers", "WanTransformer3DModel"] }
        #expect(
            problem(model.path)
                == "'\(model.path)' has two transformers for high and low noise (Wan 2.2 A14B), "
                + "which are not supported. Take a checkpoint with one.")
    }

    @Test func partsThatDoNotFitAreNamed() throws {
        let copy = try ModelCopy(in: directory)
        let model = copy.url
        let transformer = "transformer/config.json"
        try copy.edit(transformer) { $0["text_dim"] = 4096 }
        #expect(
            problem(model.path)
                == "'\(model.path)': the width of the text encoder is 256, but the transformer "
                + "needs 4096. The parts come from different checkpoints.")
        try copy.edit(transformer) { $0["num_layers"] = nil }
        #expect(problem(model.path).contains("transformer/config.json"))
        #expect(problem(model.path).contains("num_layers"))
    }

    @Test func patchSizesOfAnotherModelAreNamed() throws {
        let copy = try ModelCopy(in: directory)
        try copy.edit("transformer/config.json") { $0["patch_size"] = [1, 4, 4] }
        try copy.writePatchSizes(["1x1x1"])
        try copy.edit("transformer/config.json") { $0["patch_size"] = [1, 2, 2] }
        #expect(
            problem(copy.url.path).hasPrefix(
                "\(copy.url.path)/transformer/patch_sizes.safetensors: its metadata has 'base' = '1x4x4', "
                    + "but 'base' = '1x2x2' is needed."))
    }

    @Test func inspectionListsKeysThatAreMissingOrUnused() throws {
        let copy = try ModelCopy(in: directory)
        let model = copy.url
        try copy.edit("transformer/config.json") { $0["num_layers"] = 9 }
        var summary = try VideoGenerator(model: model.path).inspect()
        #expect(!summary.isComplete)
        #expect(summary.components[0].problems.first?.contains("blocks.8.attn1.to_q.weight") == true)
        try copy.edit("transformer/config.json") { $0["num_layers"] = 7 }
        summary = try VideoGenerator(model: model.path).inspect()
        #expect(summary.components[0].problems.first?.contains("blocks.7.") == true)
        try copy.edit("transformer/config.json") {
            $0["num_layers"] = 8
            $0["ffn_dim"] = 1000
        }
        summary = try VideoGenerator(model: model.path).inspect()
        #expect(summary.components[0].problems.first?.contains("[1024, 256]") == true)
    }

    @Test func aCutWeightFileEndsTheRunBeforeAnyWork() async throws {
        let copy = try ModelCopy(in: directory)
        let model = copy.url
        let weights = model.appendingPathComponent("vae/diffusion_pytorch_model.safetensors")
        let bytes = try Data(contentsOf: weights)
        try FileManager.default.removeItem(at: weights)
        try bytes.prefix(bytes.count / 2).write(to: weights)
        let generator = try VideoGenerator(model: model.path)
        let settings = try generator.resolve(GenerationRequest(prompt: "a balloon"))
        let log = EventLog()
        do {
            _ = try await generator.generate(settings, to: directory["clip.mp4"].path) { log.add($0) }
            Issue.record("a cut file made a clip")
        } catch {
            #expect("\(error)".contains("vae/diffusion_pytorch_model.safetensors"))
        }
        #expect(log.names.isEmpty)
        #expect(!FileManager.default.fileExists(atPath: directory["clip.mp4"].path))
    }
}
