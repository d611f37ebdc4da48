import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing
import Zoetrope

/// Clips with work on tokens left out.
@Suite(.serialized) struct CompressionRunTests {
    let directory = TemporaryDirectory()

    private func settings(
        merge: String? = nil, pool: String? = nil, window: String? = nil, patch: String? = nil,
        model: String? = "sprites"
    ) throws -> GenerationSettings {
        var request = GenerationRequest(prompt: "a red balloon rises over the sea")
        (request.seed, request.frames, request.steps) = (7, 5, 3)
        var options = CompressionOptions()
        options.merge = try merge.map { try MergeOption($0) }
        options.poolKeys = try pool.map { try KeyPoolingOption($0) }
        options.attentionWindow = try window.map { try AttentionWindowOption($0) }
        request.compression = options
        request.patch = try patch.map { try PatchSchedule($0) }
        return try VideoGenerator(model: model).resolve(request)
    }

    private func run(
        _ settings: GenerationSettings, model: String? = "sprites", threads: Int = 2,
        log: EventLog = EventLog()
    ) async throws -> (latents: [Float], report: GenerationReport) {
        let url = directory["latents.safetensors"]
        let report = try await VideoGenerator(model: model).generate(
            settings, to: directory["clip.gif"].path, options: RunOptions(threads: threads, latents: url.path)
        ) { log.add($0) }
        return (try #require(try SafetensorsFile(url).tensors["latents"]).widened().values, report)
    }

    @Test func leavingOutNothingGivesTheSameLatents() async throws {
        let plain = try await run(try settings()).latents
        #expect(try settings().compression == nil)
        for settings in [
            try settings(merge: "0"), try settings(pool: "1x1x1"), try settings(window: "3x4x4"),
            try settings(merge: "0,blocks=1-2,steps=0", pool: "1x1x1,steps=1-"),
        ] {
            #expect(settings.compression != nil)
            let found = try await run(settings).latents
            #expect(found == plain)
        }
    }

    /// A step that is left as it is gives what it gave; the first that is not changes everything behind it.
    @Test func eachSettingChangesItsStepsAlone() async throws {
        let plain = try await run(try settings()).latents
        var clips: Set<[Float]> = [plain]
        for settings in [
            try settings(merge: "0.25"), try settings(merge: "0.25,steps=0"),
            try settings(merge: "0.25,blocks=3-5,steps=2-"), try settings(pool: "1x1x2"),
            try settings(window: "1x4x4,tile=1x4x4"),
            try settings(window: "1x4x4,tile=1x4x4,blocks=4"),
            try settings(merge: "0.5,blocks=-3", pool: "1x2x2", window: "1x4x4,tile=1x4x4,blocks=4-"),
        ] {
            let found = try await run(settings)
            #expect(!found.latents.contains { !$0.isFinite })
            #expect(clips.insert(found.latents).inserted, "\(settings.compression as Any)")
            let again = try await run(settings, threads: 1).latents
            #expect(again == found.latents)
        }
    }

    @Test func theReportAndTheProgressTellTokens() async throws {
        let log = EventLog()
        let settings = try settings(
            merge: "0.5,blocks=0,steps=1-", pool: "1x2x2", window: "1x4x4,tile=1x4x4,blocks=1-")
        let report = try await run(settings, log: log).report
        #expect(report.stepTokens == [32, 32, 32])
        #expect(report.mergedStepTokens == [32, 16, 16])
        #expect(
            log.names.filter { $0.hasPrefix("note: ") } == [
                "note: merging 0.5,blocks=0,steps=1-: blocks work on 16 of 32 tokens",
                "note: pooled keys 1x2x2: 8 keys of 32 tokens",
                "note: attention window 1x4x4,tile=1x4x4,blocks=1-: each token meets 16 of 32 tokens",
            ])
        let plain = try await run(try self.settings()).report
        #expect(plain.mergedStepTokens == nil)
    }

    @Test func aClipIsMadeAgainFromItsRecipe() async throws {
        let settings = try settings(merge: "0.5,window=1x1x4,steps=1-", pool: "1x2x2,blocks=2-5")
        _ = try await run(settings)
        let first = try Data(contentsOf: directory["clip.gif"])
        let recipe = try readRecipe(of: directory["clip.gif"].path)
        #expect(recipe.settings == settings)
        _ = try await run(recipe.settings, threads: 1)
        #expect(try Data(contentsOf: directory["clip.gif"]) == first)
    }

    @Test func aRecipeThatCannotBeReadNamesTheSetting() async throws {
        _ = try await run(try settings(merge: "0.5"))
        let recipe = try readRecipe(of: directory["clip.gif"].path)
        let json = try recipe.json()
        #expect(json.contains("\"compression\":{\"merge\":\"0.5\"}"))
        let again = try Recipe(json: json, from: "clip.mp4")
        #expect(again == recipe)
        let error = try #require(throws: RecipeError.self) {
            try Recipe(json: json.replacingOccurrences(of: ":\"0.5\"", with: ":\"5\""), from: "clip.mp4")
        }
        #expect(
            error.description.contains(
                "'settings.compression.merge' cannot be used (--merge 5: '5' has to be the share"))
    }

    /// The grid changes from step to step, and with it what a window is cut to.
    @Test func patchSchedulesGoWithIt() async throws {
        let settings = try settings(
            merge: "0.5,blocks=-3", window: "1x4x4,tile=1x2x2,blocks=4-", patch: "2x4x4:1,1x4x4:1,1x2x2",
            model: "world")
        let found = try await run(settings, model: "world")
        #expect(!found.latents.contains { !$0.isFinite })
        #expect(found.report.stepTokens == [16, 32, 128])
        #expect(found.report.mergedStepTokens == [8, 16, 64])
    }

    @Test func imageToVideoGoesWithIt() async throws {
        let model = try SmallImageModel("image-encoder")
        let generator = try VideoGenerator(model: model.path)
        var request = model.request
        request.image = model.first
        var options = CompressionOptions()
        options.merge = try MergeOption("0.5")
        options.poolKeys = try KeyPoolingOption("1x2x2")
        request.compression = options
        let report = try await generator.generate(
            try generator.resolve(request), to: directory["clip.gif"].path)
        let merged = try #require(report.mergedStepTokens)
        #expect(zip(merged, report.stepTokens).allSatisfy { $0 < $1 })
    }
}
