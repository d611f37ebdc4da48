import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing
import Zoetrope

/// Guidance away from the model without some of its blocks.
@Suite(.serialized) struct SkipGuidanceTests {
    let directory = TemporaryDirectory()

    /// One step of Euler, after which the latent is the noise less the velocity.
    private func request(_ text: String?, guidance: Double = 3, steps: Int = 1) throws -> GenerationRequest {
        var request = GenerationRequest(prompt: "a red balloon rises over the sea")
        (request.seed, request.frames, request.steps, request.sampler) = (7, 5, steps, .euler)
        (request.guidance, request.autoguidance) = (guidance, try Autoguidance("0"))
        request.skipGuidance = try text.map { try SkipGuidance($0) }
        return request
    }

    private func resolved(_ request: GenerationRequest, model: String = "sprites") throws
        -> GenerationSettings
    { try VideoGenerator(model: model).resolve(request) }

    private func run(
        _ request: GenerationRequest, model: String = "sprites"
    ) async throws -> (latent: Tensor, report: GenerationReport) {
        let (generator, url) = (try VideoGenerator(model: model), directory["latents.safetensors"])
        let report = try await generator.generate(
            try generator.resolve(request), to: directory["clip.mp4"].path,
            options: RunOptions(threads: 2, latents: url.path))
        return (try #require(try SafetensorsFile(url).tensors["latents"]).widened(), report)
    }

    /// A model without a block is one in whose file the block adds nothing.
    @Test func itLeadsAwayFromTheModelWithoutABlock() async throws {
        let silent = try ModelCopy(in: directory)
        try silent.silence(block: 4)
        let own = try await run(try request("0", guidance: 1)).latent
        let without = try await run(try request("0", guidance: 1), model: silent.url.path).latent
        let guided = try await run(try request("0")).latent
        let (found, report) = try await run(try request("0.5,blocks=4"))
        #expect(relativeError(found, Tensor.sum([(1, guided), (0.5, own), (-0.5, without)])) <= 1e-5)
        #expect(relativeError(found, guided) > 0.01)
        let passes = StepPasses(conditional: .computed, unconditional: .computed, skipping: .computed)
        #expect(report.stepPasses == [passes])
    }

    @Test func itGoesWithAutoguidance() async throws {
        var both = try request("0.3")
        both.autoguidance = try Autoguidance("0.5")
        var coarse = both
        coarse.skipGuidance = try SkipGuidance("0")
        let (found, report) = try await run(both, model: "world")
        let (alone, skip, none) = (
            try await run(coarse, model: "world").latent,
            try await run(try request("0.3"), model: "world").latent,
            try await run(try request("0"), model: "world").latent
        )
        #expect(relativeError(found, Tensor.sum([(1, alone), (1, skip), (-1, none)])) <= 1e-5)
        #expect(report.stepPasses[0].all == [.computed, .computed, .computed, .computed])
    }

    @Test func stepsOutsideTheRangeAreLeftOut() async throws {
        let report = try await run(try request("0.5,steps=1-2", steps: 4)).report
        #expect(report.stepPasses.map(\.skipping) == [nil, .computed, .computed, nil])
    }

    @Test func anyNumberOfThreadsAndRerunsGiveTheSameBytes() async throws {
        var request = try request("0.5", steps: 3)
        request.cache = try BlockCaching("1000,steps=1-")
        var compression = CompressionOptions()
        compression.merge = try MergeOption("0.5")
        request.compression = compression
        let (settings, report) = try await checkSameBytes(request, model: "sprites", in: directory)
        #expect(report.stepPasses.map(\.conditional).contains(.cached))
        #expect(settings.skipGuidance?.description == "0.5,blocks=4")
    }

    /// What is left out is the block half way up, and nothing is left open in a recipe.
    @Test func settingsNameTheirBlocks() throws {
        for (text, expected) in [
            ("0", nil), ("0.5", "0.5,blocks=4"), ("2,blocks=2-3,steps=0", "2.0,blocks=2-3,steps=0"),
            ("1,blocks=6-", "1.0,blocks=6-"),
        ] {
            #expect(try resolved(try request(text)).skipGuidance?.description == expected)
        }
    }

    /// With guidance; what the request says is taken as it stands.
    @Test func aModelMayHaveItByDefault() throws {
        let model = try ModelCopy(in: directory)
        try model.edit("generation.json") { $0["skip_guidance"] = "0.4,blocks=3" }
        func found(_ request: GenerationRequest) throws -> String? {
            try resolved(request, model: model.url.path).skipGuidance?.description
        }
        #expect(try found(try request(nil)) == "0.4,blocks=3")
        #expect(try found(try request(nil, guidance: 1)) == nil)
        #expect(try found(try request("0")) == nil)
        #expect(try found(try request("0.5", guidance: 1)) == "0.5,blocks=4")
        #expect(try resolved(try request(nil)).skipGuidance == nil)
        try model.edit("generation.json") { $0["skip_guidance"] = "0.4,blocks=8" }
        #expect(throws: OptionError.self) { try found(try request(nil)) }
    }

    @Test(arguments: [
        ("", "--skip-guidance : '' has to be a weight from 0 to 1000, as in 0.5."),
        ("-1", "--skip-guidance -1: '-1' has to be a weight from 0 to 1000, as in 0.5."),
        ("nan", "--skip-guidance nan: 'nan' has to be a weight from 0 to 1000, as in 0.5."),
        (
            "1,layers=4",
            "--skip-guidance 1,layers=4: 'layers=4' cannot stand there. After the first value come blocks=4, steps=2-9, "
                + "each at most once."
        ),
        (
            "1,blocks=4-2",
            "--skip-guidance 1,blocks=4-2: 'blocks=4-2' has to be a first and a last number, counted from 0, as in "
                + "blocks=5-24, blocks=5-, blocks=-24 or blocks=7."
        ),
        (
            "1,blocks=7-8",
            "--skip-guidance 1.0,blocks=7-8: this model has no blocks 7-8, only 0 to 7. Take blocks of these."
        ),
        (
            "1,steps=5-",
            "--skip-guidance 1.0,steps=5-: this run has no steps 5-, only 0 to 0. Take steps of these, or another --steps."
        ),
    ])
    func whatDoesNotFitSaysWhatToDo(text: String, message: String) throws {
        #expect(throws: OptionError.self) { try resolved(try request(text)) }
        do {
            _ = try resolved(try request(text))
        } catch {
            #expect("\(error)" == message)
        }
    }
}
