import EmbeddedModel
import Foundation
import TestSupport
import Testing
import Zoetrope

/// What is wrong with a model is said when it is opened, by name.
@Suite struct ModelDirectoryTests {
    private let directory = TemporaryDirectory()

    /// A copy of the embedded model that a test may damage; weights are linked, configurations copied.
    private func copy() throws -> URL {
        let source = try #require(EmbeddedModel.directory)
        let target = directory["model"]
        let files = FileManager.default
        try files.createDirectory(at: target, withIntermediateDirectories: true)
        for name in try files.subpathsOfDirectory(atPath: source.path) {
            let (from, to) = (source.appendingPathComponent(name), target.appendingPathComponent(name))
            if (try from.resourceValues(forKeys: [.isDirectoryKey])).isDirectory == true {
                try files.createDirectory(at: to, withIntermediateDirectories: true)
            } else if name.hasSuffix(".json") {
                try files.copyItem(at: from, to: to)
            } else {
                try files.createSymbolicLink(at: to, withDestinationURL: from)
            }
        }
        return target
    }

    private func edit(_ file: URL, _ change: (inout [String: Any]) -> Void) throws {
        var object = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
        change(&object)
        try JSONSerialization.data(withJSONObject: object).write(to: file)
    }

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
            problem("/nowhere") == "There is no '/nowhere'. Give --model a directory in diffusers layout, or "
                + "leave it out for the embedded model.")
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
        let model = try copy()
        try FileManager.default.removeItem(at: model.appendingPathComponent(file))
        #expect(
            problem(model.path) == "'\(model.path)' lacks its \(name): '\(file)' is not there. "
                + "Download the checkpoint completely.")
    }

    @Test func otherKindsOfModelsAreNamed() throws {
        let model = try copy()
        let index = model.appendingPathComponent("model_index.json")
        try edit(index) { $0["_class_name"] = "LTXPipeline" }
        #expect(
            problem(model.path) == "'\(model.path)' is a model for LTXPipeline; Zoetrope runs WanPipeline. "
                + "Give --model a Wan text-to-video checkpoint.")
        try edit(index) {
            $0["_class_name"] = "WanPipeline"
            $0["transformer_2"] = [NSNull(), NSNull()]
        }
        #expect(problem(model.path) == "opened")
        try edit(index) { $0["transformer_2"] = ["diffusers", "WanTransformer3DModel"] }
        #expect(
            problem(model.path)
                == "'\(model.path)' has two transformers for high and low noise (Wan 2.2 A14B), "
                + "which are not supported. Take a checkpoint with one.")
    }

    @Test func partsThatDoNotFitAreNamed() throws {
        let model = try copy()
        let transformer = model.appendingPathComponent("transformer/config.json")
        try edit(transformer) { $0["text_dim"] = 4096 }
        #expect(
            problem(model.path)
                == "'\(model.path)': the width of the text encoder is 256, but the transformer "
                + "needs 4096. The parts come from different checkpoints.")
        try edit(transformer) { $0["num_layers"] = nil }
        #expect(problem(model.path).contains("transformer/config.json"))
        #expect(problem(model.path).contains("num_layers"))
    }

    @Test func inspectionListsKeysThatAreMissingOrUnused() throws {
        let model = try copy()
        try edit(model.appendingPathComponent("transformer/config.json")) { $0["num_layers"] = 9 }
        var summary = try VideoGenerator(model: model.path).inspect()
        #expect(!summary.isComplete)
        #expect(summary.components[0].problems.first?.contains("blocks.8.attn1.to_q.weight") == true)
        try edit(model.appendingPathComponent("transformer/config.json")) { $0["num_layers"] = 7 }
        summary = try VideoGenerator(model: model.path).inspect()
        #expect(summary.components[0].problems.first?.contains("blocks.7.") == true)
        try edit(model.appendingPathComponent("transformer/config.json")) {
            $0["num_layers"] = 8
            $0["ffn_dim"] = 1000
        }
        summary = try VideoGenerator(model: model.path).inspect()
        #expect(summary.components[0].problems.first?.contains("[1024, 256]") == true)
    }

    @Test func aCutWeightFileEndsTheRunBeforeAnyWork() async throws {
        let model = try copy()
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
