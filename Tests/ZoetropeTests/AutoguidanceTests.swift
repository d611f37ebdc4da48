import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing
import Zoetrope

/// Guidance away from the model's own coarser patches.
@Suite(.serialized) struct AutoguidanceTests {
    let directory = TemporaryDirectory()

    /// One step of Euler, after which the latent is the noise less the velocity.
    private func request(
        _ text: String? = nil, guidance: Double = 3, steps: Int = 1, patch: String? = nil
    ) throws -> GenerationRequest {
        var request = GenerationRequest(prompt: "a red balloon rises over the sea")
        (request.seed, request.frames, request.steps, request.sampler) = (7, 5, steps, .euler)
        request.guidance = guidance
        request.autoguidance = try text.map { try Autoguidance($0) }
        request.patch = try patch.map { try PatchSchedule($0) }
        return request
    }

    private func resolved(_ request: GenerationRequest, model: String = "world") throws -> GenerationSettings
    {
        try VideoGenerator(model: model).resolve(request)
    }

    private func run(
        _ request: GenerationRequest
    ) async throws -> (latent: Tensor, report: GenerationReport) {
        let (generator, url) = (try VideoGenerator(model: "world"), directory["latents.safetensors"])
        let report = try await generator.generate(
            try generator.resolve(request), to: directory["clip.mp4"].path,
            options: RunOptions(threads: 2, latents: url.path))
        return (try #require(try SafetensorsFile(url).tensors["latents"]).widened(), report)
    }

    /// The guided clip from three others, of which each has one velocity.
    @Test func itLeadsAwayFromTheCoarserVelocity() async throws {
        let guided = try await run(try request("0")).latent
        let own = try await run(try request("0", guidance: 1)).latent
        let coarser = try await run(try request("0", guidance: 1, patch: "1x4x4")).latent
        let (found, report) = try await run(try request("0.5"))
        let expected = Tensor.sum([(1, guided), (0.5, own), (-0.5, coarser)])
        #expect(relativeError(found, expected) <= 1e-5)
        #expect(relativeError(found, guided) > 0.01)
        #expect(
            report.stepPasses == [
                StepPasses(conditional: .computed, unconditional: .computed, coarse: .computed)
            ])
    }

    @Test func stepsOfCoarsePatchesAndStepsOutsideTheRangeAreLeftOut() async throws {
        let patches = "1x4x4:2,1x2x2"
        let report = try await run(try request("0.5,patch=1x4x4,steps=-3", steps: 5, patch: patches)).report
        #expect(report.stepPasses.map(\.coarse) == [nil, nil, .computed, .computed, nil])
        let whole = try await run(try request("0.5,patch=2x4x4", steps: 3, patch: "1x4x4:1,1x2x2")).report
        #expect(whole.stepPasses.map(\.coarse) == [.computed, .computed, .computed])
    }

    @Test func anyNumberOfThreadsAndRerunsGiveTheSameBytes() async throws {
        var request = try request("0.5", steps: 4)
        request.cache = try BlockCaching("1000,steps=1-")
        request.guidanceReuse = try GuidanceReuse("2,steps=1-")
        let (settings, report) = try await checkSameBytes(request, model: "world", in: directory)
        #expect(report.stepPasses.map(\.conditional).contains(.cached))
        #expect(settings.autoguidance?.description == "0.5,patch=1x4x4")
    }

    @Test func nothingIsLeftOpenInARecipe() throws {
        #expect(try resolved(try request("0")).autoguidance == nil)
        #expect(try resolved(try request("0.5")).autoguidance?.description == "0.5,patch=1x4x4")
        #expect(try resolved(try request("2,patch=2x4x4")).autoguidance?.description == "2.0,patch=2x4x4")
    }

    /// With guidance, where some step is finer than what it leads away from; what the request says is taken as it stands.
    @Test func aModelMayHaveItByDefault() throws {
        func found(_ request: GenerationRequest) throws -> String? {
            try resolved(request).autoguidance?.description
        }
        #expect(try found(try request()) == "0.5,patch=1x4x4")
        #expect(try found(try request(steps: 3, patch: "2x4x4:2,1x2x2")) == "0.5,patch=1x4x4")
        #expect(try found(try request(guidance: 1)) == nil)
        #expect(try found(try request("0.5", guidance: 1)) == "0.5,patch=1x4x4")
        for patch in ["1x4x4", "2x4x4"] { #expect(try found(try request(patch: patch)) == nil) }
        #expect(try resolved(try request(), model: "sprites").autoguidance == nil)
    }

    @Test func aDefaultThatCannotBeIsSaid() throws {
        let model = try ModelCopy(in: directory)
        func problem(_ text: String) throws -> String {
            try model.edit("generation.json") { $0["autoguidance"] = text }
            do {
                _ = try resolved(try request(), model: model.url.path)
                return "resolved"
            } catch {
                return "\(error)"
            }
        }
        #expect(
            try problem("much").hasSuffix(
                "generation.json: 'autoguidance' has a value that cannot be used: --autoguidance much: 'much' has to be a "
                    + "weight from 0 to 1000, as in 0.5. Correct the file, or take a supported model."))
        #expect(
            try problem("1,patch=1x8x8")
                == "--autoguidance 1.0,patch=1x8x8: 1x8x8 has to be a patch size of the model, coarser than that of some "
                + "step that is guided so. There is none; take 0, which switches this off.")
        #expect(try problem("1") == "resolved")
    }

    @Test func anUntrainedSizeGuidesWhereItIsAllowed() throws {
        var request = try request("0.5,patch=1x4x4")
        request.untrainedPatch = true
        let settings = try resolved(request, model: "sprites")
        #expect(settings.autoguidance?.description == "0.5,patch=1x4x4" && settings.untrainedPatch == true)
    }

    @Test(arguments: [
        ("", "--autoguidance : '' has to be a weight from 0 to 1000, as in 0.5."),
        ("-1", "--autoguidance -1: '-1' has to be a weight from 0 to 1000, as in 0.5."),
        ("nan", "--autoguidance nan: 'nan' has to be a weight from 0 to 1000, as in 0.5."),
        ("1,patch=4", "--autoguidance 1,patch=4: 'patch=4' has to be a patch size, as in patch=1x4x4."),
        (
            "1,size=4",
            "--autoguidance 1,size=4: 'size=4' cannot stand there. After the first value come patch=1x4x4, steps=2-9, "
                + "each at most once."
        ),
        (
            "1,patch=1x4x4,steps=5-",
            "--autoguidance 1.0,patch=1x4x4,steps=5-: this run has no steps 5-, only 0 to 0. Take steps of these, or "
                + "another --steps."
        ),
        (
            "1,patch=1x1x1",
            "--autoguidance 1.0,patch=1x1x1: 1x1x1 has to be a patch size of the model, coarser than that of some step "
                + "that is guided so. Take 2x2x2 or 1x4x4 or 2x4x4."
        ),
        (
            "1,patch=1x8x8",
            "--autoguidance 1.0,patch=1x8x8: 1x8x8 has to be a patch size of the model, coarser than that of some step "
                + "that is guided so. Take 2x2x2 or 1x4x4 or 2x4x4."
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

    @Test func aModelWithoutCoarserPatchesSaysSo() throws {
        let expected = OptionError.noCoarserPatch(option: "--autoguidance", found: "0.5")
        #expect(throws: expected) { try resolved(try request("0.5"), model: "sprites") }
        for (patch, known) in [("1x4x4", ["2x4x4"]), ("2x4x4", [])] {
            let expected = OptionError.patch(
                option: "--autoguidance", found: "0.5,patch=1x4x4", patch: "1x4x4", known: known)
            #expect(throws: expected) { try resolved(try request("0.5", patch: patch)) }
        }
    }
}
