import Foundation
import TestSupport
import Testing
import Zoetrope

/// Clips of the embedded model with random ends for two further patch sizes.
@Suite(.serialized) struct PatchSizeRunTests {
    let directory = TemporaryDirectory()

    private func path(_ name: String) -> String { directory.url.path + "/" + name }

    private func generator() throws -> VideoGenerator {
        let model = try ModelCopy(in: directory)
        try model.writePatchSizes(["1x4x4", "2x3x3"])
        return try VideoGenerator(model: model.url.path)
    }

    private func request(_ patch: String?) throws -> GenerationRequest {
        var request = GenerationRequest(prompt: "a red balloon rises over the sea")
        (request.seed, request.frames, request.steps, request.guidance) = (7, 5, 4, 1)
        request.patch = try patch.map { try PatchSchedule($0) }
        return request
    }

    @Test func inspectionListsTheSizes() throws {
        let generator = try generator()
        let summary = try generator.inspect()
        #expect(summary.isComplete)
        #expect(summary.patchSizes.map(\.size) == ["1x2x2", "1x4x4", "2x3x3"])
        #expect(summary.patchSizes.map(\.isBase) == [true, false, false])
        // The default clip has a latent of 5 x 8 x 8 cells.
        #expect(summary.patchSizes.map(\.tokens) == [5 * 4 * 4, 5 * 2 * 2, 3 * 3 * 3])
        #expect(summary.components[0].files == 2)
        #expect(summary.hash != (try VideoGenerator(model: "sprites").inspect().hash))
    }

    @Test func aScheduleChangesTheSizeAtItsStep() async throws {
        let generator = try generator()
        let settings = try generator.resolve(try request("2x3x3:1,1x4x4:2,1x2x2:1"))
        #expect(settings.patch?.description == "2x3x3:1,1x4x4:2,1x2x2")
        let report = try await generator.generate(settings, to: path("clip.mp4"))
        #expect(report.stepTokens == [9, 8, 8, 32])
        #expect(report.tokens == 32 && report.stepSeconds.count == 4)

        let recipe = try readRecipe(of: path("clip.mp4"))
        #expect(recipe.settings == settings)
        _ = try await generator.generate(recipe.settings, to: path("again.mp4"))
        #expect(try bytes("again.mp4") == bytes("clip.mp4"))
    }

    /// The size of a step changes what comes out, and the base alone is what a model without further sizes makes.
    @Test func eachSizeMakesAClipOfItsOwn() async throws {
        let generator = try generator()
        var clips: Set<Data> = []
        for patch in [nil, "1x4x4", "2x3x3", "1x4x4:1,1x2x2", "1x2x2:1,1x4x4"] {
            let settings = try generator.resolve(try request(patch))
            let options = RunOptions(latents: path("latents"))
            _ = try await generator.generate(settings, to: path("clip.gif"), options: options)
            clips.insert(try latents())
        }
        #expect(clips.count == 5)
        let embedded = try VideoGenerator(model: "sprites")
        _ = try await embedded.generate(
            try embedded.resolve(try request("1x2x2")), to: path("clip.gif"),
            options: RunOptions(latents: path("latents")))
        #expect(clips.contains(try latents()))
    }

    @Test func theBaseAloneIsNoSchedule() throws {
        let generator = try generator()
        for patch in [nil, "1x2x2", "1x2x2:4", "1x2x2:2,1x2x2"] {
            #expect(try generator.resolve(try request(patch)).patch == nil)
        }
    }

    @Test func whatTheModelLacksIsFoundBeforeAnythingIsLoaded() async throws {
        let generator = try VideoGenerator(model: "sprites")
        let known = try generator.inspect().patchSizes.map(\.size)
        #expect(throws: SettingsError.unknownPatch(found: "1x9x9", known: known)) {
            try generator.resolve(try request("1x9x9"))
        }
        var settings = try generator.resolve(try request(nil))
        settings.patch = try PatchSchedule("1x2x2:4,1x2x2")
        let log = EventLog()
        await #expect(
            throws: SettingsError.patchSteps(found: "1x2x2:4,1x2x2", sum: 4, steps: 4, isOpen: true)
        ) {
            try await generator.generate(settings, to: path("clip.mp4")) { log.add($0) }
        }
        #expect(log.names.isEmpty)
        #expect(try directory.contents.isEmpty)
    }

    @Test func aRecipeWithoutPatchesIsReadAndWrittenTheSame() throws {
        let json = """
            {"model":{"hash":"1-2-3","name":"embedded"},"settings":{"frames":5,"framesPerSecond":8,\
            "guidance":4,"height":64,"negativePrompt":"","prompt":"a cat","sampler":"unipc","seed":7,"shift":3,\
            "steps":4,"width":64},"zoetrope":"0.1.0"}
            """
        let recipe = try Recipe(json: json, from: "clip.mp4")
        #expect(recipe.settings.patch == nil)
        #expect(try recipe.json() == json)
        let scheduled = json.replacingOccurrences(
            of: "\"prompt\":", with: "\"patch\":\"1x4x4:2,1x2x2\",\"prompt\":")
        #expect(try Recipe(json: scheduled, from: "clip.mp4").json() == scheduled)
        let error = try #require(throws: RecipeError.self) {
            try Recipe(json: scheduled.replacingOccurrences(of: "1x4x4:2", with: "1x4"), from: "clip.mp4")
        }
        #expect(
            error.description
                == "'clip.mp4' has a comment, but it is no recipe of Zoetrope: 'settings.patch' cannot be used "
                + "(--patch 1x4,1x2x2: '1x4' is no patch size. Write time x height x width as in 1x4x4, with a "
                + "number of steps where another size follows, as in 2x4x4:8,1x2x2.). "
                + "Only clips that Zoetrope made can be rerun.")
    }

    private func bytes(_ name: String) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: path(name)))
    }

    /// The values of the latents that the last run kept, without their recipe.
    private func latents() throws -> Data { try bytes("latents").suffix(16 * 2 * 8 * 8 * 4) }
}
