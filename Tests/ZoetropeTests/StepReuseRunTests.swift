import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing
import Zoetrope

/// Clips of the embedded model that leave passes out, against the same in plain loops.
@Suite(.serialized) struct StepReuseRunTests {
    let directory = TemporaryDirectory()

    /// Options and what they leave of each step: computed, cached, reused or none.
    struct Case: Sendable {
        var cache: String?
        var reuse: String?
        var guided: String?
        let passes: String
    }

    private static let cases = [
        Case(
            cache: "1000,steps=1-6,at-most=2",
            passes: "com+com cac+cac cac+cac com+com cac+cac cac+cac com+com com+com"),
        Case(
            reuse: "3,steps=1-",
            passes: "com+com com+reu com+reu com+com com+reu com+reu com+com com+reu"),
        Case(guided: "1-4", passes: "com+non com+com com+com com+com com+com com+non com+non com+non"),
        Case(
            cache: "1000,steps=1-6,at-most=2", reuse: "2,steps=2-7",
            passes: "com+com cac+cac cac+reu com+com cac+reu cac+cac com+reu com+com"),
        Case(
            cache: "1000", reuse: "2", guided: "1-6",
            passes: "com+non com+com cac+reu cac+cac cac+reu com+com cac+reu com+non"),
    ]

    private func settings(
        cache: String? = nil, reuse: String? = nil, guided: String? = nil, rule: GuidanceRule? = nil
    ) throws -> GenerationSettings {
        var request = GenerationRequest(prompt: "a red balloon rises over the sea")
        (request.seed, request.frames, request.steps, request.sampler) = (7, 5, 8, .euler)
        request.cache = try cache.map { try BlockCaching($0) }
        request.guidanceReuse = try reuse.map { try GuidanceReuse($0) }
        request.guidanceSteps = try guided.map { try GuidanceSteps($0) }
        request.guidanceRule = rule
        return try VideoGenerator(model: "sprites").resolve(request)
    }

    private func run(
        _ settings: GenerationSettings, threads: Int = 2, log: EventLog? = nil
    ) async throws -> (latent: Tensor, passes: String) {
        let url = directory["latents.safetensors"]
        let report = try await VideoGenerator(model: "sprites").generate(
            settings, to: directory["clip.mp4"].path,
            options: RunOptions(threads: threads, latents: url.path)
        ) { log?.add($0) }
        let latent = try #require(try SafetensorsFile(url).tensors["latents"]).widened()
        let letters = report.stepPasses.map { step in
            [step.conditional, step.unconditional].map { $0.rawValue.prefix(3) }.joined(separator: "+")
        }
        return (latent, letters.joined(separator: " "))
    }

    @Test func aThresholdOfZeroComputesEverything() async throws {
        let plain = try await run(try settings())
        #expect(plain.passes == Array(repeating: "com+com", count: 8).joined(separator: " "))
        let found = try await run(try settings(cache: "0,steps=1-"))
        #expect(found.passes == plain.passes)
        #expect(largestDifference(found.latent, plain.latent) == 0)
    }

    /// What the rules allow is skipped, and nothing else, and the clip is the twin's.
    @Test(arguments: cases)
    func clipsAreThoseOfThePlainLoops(_ options: Case) async throws {
        let settings = try settings(cache: options.cache, reuse: options.reuse, guided: options.guided)
        let found = try await run(settings)
        #expect(found.passes == options.passes)
        let expected = try SamplingTwin(settings).latent(passes: options.passes)
        #expect(relativeError(found.latent, expected) <= 1e-5)
    }

    @Test func anyNumberOfThreadsAndRerunsGiveTheSameBytes() async throws {
        let settings = try settings(cache: "0.3,steps=1-", reuse: "2,steps=5-", guided: "-6")
        let first = try await run(settings, threads: 1)
        #expect(first.passes.contains("cac+cac"))
        let clip = try Data(contentsOf: directory["clip.mp4"])
        let recipe = try readRecipe(of: directory["clip.mp4"].path)
        #expect(recipe.settings == settings)
        for threads in [2, 3] {
            let again = try await run(recipe.settings, threads: threads)
            #expect(again.passes == first.passes)
            #expect(largestDifference(again.latent, first.latent) == 0)
            #expect(try Data(contentsOf: directory["clip.mp4"]) == clip)
        }
    }

    @Test func aPatchScheduleVoidsTheCache() async throws {
        let model = try ModelCopy(in: directory)
        try model.writePatchSizes(["1x4x4"])
        let generator = try VideoGenerator(model: model.url.path)
        var request = GenerationRequest(prompt: "a red balloon")
        (request.seed, request.frames, request.steps) = (7, 5, 6)
        request.patch = try PatchSchedule("1x4x4:3,1x2x2")
        request.cache = try BlockCaching("1000,steps=1-")
        request.guidanceReuse = try GuidanceReuse("2,steps=1-")
        let report = try await generator.generate(
            try generator.resolve(request), to: directory["clip.gif"].path)
        #expect(
            report.stepPasses.map(\.conditional) == [
                .computed, .cached, .cached, .computed, .cached, .cached,
            ])
        #expect(
            report.stepPasses.map(\.unconditional) == [
                .computed, .reused, .cached, .computed, .reused, .cached,
            ])
    }

    @Test func theGuidanceRuleReachesTheClip() async throws {
        let (plain, named) = (try settings(), try settings(rule: .cfg))
        #expect(named.guidanceRule == nil && named == plain)
        let zero = try settings(rule: .cfgZero)
        #expect(zero.guidanceRule == .cfgZero)
        let difference = relativeError(try await run(zero).latent, try await run(plain).latent)
        #expect(difference > 0.001 && difference.isFinite)
    }

    @Test func olderRecipesAreReadAndWrittenTheSame() throws {
        let json = """
            {"model":{"hash":"1-2-3","name":"embedded"},"settings":{"frames":5,"framesPerSecond":8,\
            "guidance":4,"height":64,"negativePrompt":"","prompt":"a cat","sampler":"unipc","seed":7,"shift":3,\
            "steps":12,"width":64},"zoetrope":"0.1.0"}
            """
        let recipe = try Recipe(json: json, from: "clip.mp4")
        #expect(recipe.settings.cache == nil && recipe.settings.guidanceReuse == nil)
        #expect(try recipe.json() == json)
        let newer = json.replacingOccurrences(
            of: "\"frames\":5,\"framesPerSecond\":8,\"guidance\":4,",
            with: "\"cache\":\"0.1,steps=3-10,at-most=3\",\"frames\":5,\"framesPerSecond\":8,\"guidance\":4,"
                + "\"guidanceReuse\":\"2,steps=3-10\",\"guidanceSteps\":\"1-8\",")
        #expect(try Recipe(json: newer, from: "clip.mp4").json() == newer)
        let ruled = json.replacingOccurrences(
            of: "\"guidance\":4,", with: "\"guidance\":4,\"guidanceRule\":\"cfg-zero\",")
        #expect(try Recipe(json: ruled, from: "clip.mp4").settings.guidanceRule == .cfgZero)
        #expect(try Recipe(json: ruled, from: "clip.mp4").json() == ruled)
        // Ranges that were written in another way once are the same ranges.
        for (old, new) in [("-8", "0-8"), ("0-0", "0"), ("2-", "2-")] {
            let older = newer.replacingOccurrences(of: "1-8", with: old)
            #expect(
                try Recipe(json: older, from: "clip.mp4").json()
                    == newer.replacingOccurrences(of: "1-8", with: new))
        }
        let older = newer.replacingOccurrences(of: "steps=3-10", with: "steps=3-3")
        #expect(
            try Recipe(json: older, from: "clip.mp4").json()
                == newer.replacingOccurrences(of: "steps=3-10", with: "steps=3"))
        let error = try #require(throws: RecipeError.self) {
            try Recipe(json: newer.replacingOccurrences(of: "1-8", with: "8-1"), from: "clip.mp4")
        }
        #expect(
            error.description
                == "'clip.mp4' has a comment, but it is no recipe of Zoetrope: 'settings.guidanceSteps' cannot be used "
                + "(--guidance-steps 8-1: '8-1' has to be a first and a last number, counted from 0, as in 5-24, 5-, -24 "
                + "or 7; or shares of the steps, as in 25%-75%, 25%- or -75%.). Only clips that Zoetrope made can be rerun."
        )
    }

    @Test func whatDoesNotFitIsFoundBeforeAnythingIsLoaded() async throws {
        var settings = try settings()
        settings.cache = try BlockCaching("0.1,steps=2-8")
        let log = EventLog()
        let expected = OptionError.steps(
            option: "--cache", found: "0.1,steps=2-8,at-most=3", steps: "2-8", count: 8)
        await #expect(throws: expected) { try await run(settings, log: log) }
        #expect(log.names.isEmpty)
        #expect(try directory.contents.isEmpty)
    }
}
