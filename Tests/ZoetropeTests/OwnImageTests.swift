import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing
import Zoetrope

/// A first clip whose first frame is the picture of the second one.
@Suite(.serialized) struct OwnImageTests {
    let directory = TemporaryDirectory()

    private func request(steps: Int = 3) throws -> GenerationRequest {
        var request = GenerationRequest(prompt: "a red balloon rises over the sea")
        (request.seed, request.frames, request.steps, request.ownImage) = (7, 5, steps, true)
        return request
    }

    private func run(
        _ request: GenerationRequest, to name: String, _ log: EventLog = EventLog()
    ) async throws -> (latent: Tensor, report: GenerationReport) {
        let (generator, url) = (try VideoGenerator(model: "world"), directory["latents.safetensors"])
        let report = try await generator.generate(
            try generator.resolve(request), to: directory.url.path + "/" + name,
            options: RunOptions(threads: 2, latents: url.path)
        ) { log.add($0) }
        return (try #require(try SafetensorsFile(url).tensors["latents"]).widened(), report)
    }

    /// But for the picture's file, which has 8 bits a value.
    @Test func theFirstFrameOfAFirstClipIsThePicture() async throws {
        var text = try request()
        text.ownImage = false
        let first = try await run(text, to: "first/").latent
        var shown = text
        shown.image = directory.url.path + "/first/frame-0000.png"
        let expected = try await run(shown, to: "shown/").latent
        let found = try await run(try request(), to: "found/").latent
        #expect(relativeError(found, expected) <= 0.02)
        #expect(relativeError(first, expected) > 0.2)
    }

    @Test func stepsOfBothClipsAreToldAndReported() async throws {
        var request = try request(steps: 2)
        var compression = CompressionOptions()
        compression.merge = try MergeOption("0.5,steps=1")
        request.compression = compression
        let log = EventLog()
        let report = try await run(request, to: "clip.mp4", log).report
        let steps = [
            "sample", "step 1/4", "step 2/4", "load", "picture", "load", "sample", "step 3/4",
            "step 4/4",
        ]
        #expect(log.names.drop { $0 != "sample" }.prefix(9) == steps[...])
        #expect(report.stepTokens == [128, 128, 128, 128] && report.mergedStepTokens == [128, 64, 128, 64])
        #expect(report.stepSeconds.count == 4 && report.stepPasses.count == 4)
        #expect(Set(report.seconds.keys) == ["load", "encode", "picture", "sample", "decode"])
    }

    @Test func anyNumberOfThreadsAndRerunsGiveTheSameBytes() async throws {
        let settings = try await checkSameBytes(try request(), model: "world", in: directory).settings
        #expect(settings.ownImage == true)
    }

    /// The first clip is made anew then.
    @Test func aRunGoesOn() async throws {
        let run = try Interrupted(try VideoGenerator(model: "world"), try request())
        let whole = try await run.whole()
        try await run.stop(at: "step 2/6")
        #expect(try run.names.isEmpty)
        try await run.stop(at: "step 5/6")
        try await run.stopAgain(at: "step 3/6")
        let log = EventLog()
        let report = try await run.resume(log)
        #expect(
            log.names.filter { $0.hasPrefix("step") } == ["step 1/6", "step 2/6", "step 3/6", "step 6/6"])
        #expect(report.resumedAfterStep == 2 && report.stepSeconds.count == 4)
        #expect(try run.bytes("clip.mp4") == whole)
        #expect(try run.names == ["clip.mp4"])
    }
}
