import Checkpoints
import Foundation
import Kernels
import Tensors
import TestSupport
import Testing
import Zoetrope

/// Clips of the embedded model with the transformer's products in half and in 8 bits.
@Suite(.serialized) struct PrecisionRunTests {
    let directory = TemporaryDirectory()

    private func settings(_ precision: Zoetrope.Precision?) throws -> GenerationSettings {
        var request = GenerationRequest(prompt: "a red balloon rises over the sea")
        (request.seed, request.frames, request.steps) = (7, 5, 4)
        request.precision = precision
        return try VideoGenerator(model: "sprites").resolve(request)
    }

    /// The bytes of the clip's latents.
    private func latents(_ settings: GenerationSettings, threads: Int = 2) async throws -> Data {
        let url = directory["latents.safetensors"]
        let options = RunOptions(threads: threads, latents: url.path)
        let output = directory["clip.gif"].path
        _ = try await VideoGenerator(model: "sprites").generate(settings, to: output, options: options)
        return try Data(contentsOf: url)
    }

    private func values() throws -> Tensor {
        try #require(try SafetensorsFile(directory["latents.safetensors"]).tensors["latents"]).widened()
    }

    /// Where halves are multiplied natively, sums of 32 products are rounded too.
    @Test(arguments: [
        (Zoetrope.Precision.fp16, 1e-5, Machine.multipliesHalf ? 0.015 : 0.006), (.int8, 1e-4, 0.06),
    ])
    func narrowFormatsChangeTheLatentsALittle(
        precision: Zoetrope.Precision, least: Double, most: Double
    ) async throws {
        _ = try await latents(try settings(.fp32))
        let exact = try values()
        _ = try await latents(try settings(precision))
        let found = try values()
        let error = relativeError(found, exact)
        #expect(error > least && error < most, "relative L2 \(error)")
    }

    @Test(arguments: [Zoetrope.Precision.fp16, .int8])
    func anyNumberOfThreadsGivesTheSameBytes(precision: Zoetrope.Precision) async throws {
        let settings = try settings(precision)
        let one = try await latents(settings, threads: 1)
        #expect(try await latents(settings, threads: 2) == one)
        #expect(try await latents(settings, threads: 3) == one)
    }

    @Test(arguments: [Zoetrope.Precision.fp16, .int8])
    func theRecipeKeepsThePrecision(precision: Zoetrope.Precision) async throws {
        let settings = try settings(precision)
        let output = directory["clip.mp4"].path
        _ = try await VideoGenerator(model: "sprites").generate(settings, to: output)
        #expect(try readRecipe(of: output).settings.precision == precision)
    }

    @Test func fp32IsTheDefaultAndWhatOlderRecipesMean() async throws {
        var settings = try settings(nil)
        #expect(settings.precision == .fp32)
        let expected = try await latents(settings)
        settings.precision = nil
        _ = try await latents(settings)
        let older = try values()
        settings.precision = .fp32
        #expect(try await latents(settings) == expected)
        #expect(largestDifference(try values(), older) == 0)
    }

    @Test func theFastestIsOneThatThisCPUHasInstructionsFor() throws {
        let level = try #require(KernelLevel.available.last)
        let bytes = ["vnni", "avx2", "fp16", "amx"].contains { level.contains($0) }
        #expect(Zoetrope.Precision.fastest == (bytes ? .int8 : .fp32))
    }
}
