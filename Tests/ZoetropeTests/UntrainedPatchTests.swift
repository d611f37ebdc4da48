import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing
import Zoetrope

/// Clips at patch sizes that the model was not trained with.
@Suite(.serialized) struct UntrainedPatchTests {
    let directory = TemporaryDirectory()

    private func request(_ patch: String?, allowed: Bool = true) throws -> GenerationRequest {
        var request = GenerationRequest(prompt: "a red balloon rises over the sea")
        (request.seed, request.frames, request.steps) = (7, 5, 3)
        request.patch = try patch.map { try PatchSchedule($0) }
        request.untrainedPatch = allowed
        return request
    }

    @Test func itTakesConsent() throws {
        let generator = try VideoGenerator(model: "sprites")
        let error = try #require(throws: SettingsError.self) {
            try generator.resolve(try request("1x4x4", allowed: false))
        }
        #expect(
            error.description
                == "--patch 1x4x4: this model has no such patch size. Take 1x2x2; or add --untrained-patch, an "
                + "experiment that resizes the model's own patches.")
        #expect(try generator.resolve(try request("1x4x4")).untrainedPatch == true)
        #expect(try generator.resolve(try request("1x2x2")).untrainedPatch == nil)
        #expect(try generator.resolve(try request(nil)).untrainedPatch == nil)
    }

    @Test func aTokenHasItsLimit() throws {
        let generator = try VideoGenerator(model: "sprites")
        #expect(try generator.resolve(try request("1x16x16")).patch?.description == "1x16x16")
        let error = try #require(throws: SettingsError.self) {
            try generator.resolve(try request("1x16x17"))
        }
        #expect(
            error.description
                == "--patch 1x16x17: a size that the model was not trained with may have 256 cells at the most, not 272. "
                + "Take a smaller one.")
    }

    @Test func aRunWarnsAndItsRecipeMakesItAgain() async throws {
        let generator = try VideoGenerator(model: "sprites")
        let settings = try generator.resolve(try request("1x4x4:1,1x2x2:1,1x3x3"))
        let (first, again) = (directory["clip.mp4"], directory["again.mp4"])
        let report = try await generator.generate(settings, to: first.path)
        #expect(report.stepTokens == [8, 32, 18])
        #expect(
            report.warnings == [
                "experimental: the model was not trained with patches of 1x3x3, 1x4x4; its ends are resized from 1x2x2, "
                    + "and the picture will be worse (docs/patch-sizes.md)"
            ])
        let recipe = try readRecipe(of: first.path)
        #expect(recipe.settings == settings && settings.untrainedPatch == true)
        _ = try await generator.generate(
            recipe.settings, to: again.path, options: RunOptions(threads: 1))
        #expect(try Data(contentsOf: again) == Data(contentsOf: first))
    }

    /// A recipe that names such sizes without the consent is refused as a request is.
    @Test func aRecipeNeedsItToo() async throws {
        let generator = try VideoGenerator(model: "sprites")
        var settings = try generator.resolve(try request("1x4x4"))
        settings.untrainedPatch = nil
        await #expect(throws: SettingsError.unknownPatch(found: "1x4x4", known: ["1x2x2"])) {
            try await generator.generate(settings, to: directory["clip.mp4"].path)
        }
    }
}
