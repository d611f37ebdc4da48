import Foundation
import PictureReading
import Pictures
import TestSupport
import Testing
import Zoetrope

/// The second shipped model: pictures, tracks and patch sizes in one checkpoint.
@Suite(.serialized) struct WorldModelTests {
    let directory = TemporaryDirectory()

    private func path(_ name: String) -> String { directory.url.path + "/" + name }

    private func request() -> GenerationRequest {
        var request = GenerationRequest(prompt: "a red balloon rises over the sea")
        request.seed = 7
        request.frames = 5
        request.steps = 3
        return request
    }

    /// Of the last frame in a directory of frames.
    private func pixels(_ name: String) throws -> [UInt8] {
        try readPicture(path("\(name)/frame-0004.png")).pixels
    }

    @Test func isCompleteAndSaysWhatItCan() throws {
        let summary = try VideoGenerator(model: "world").inspect()
        #expect(summary.isComplete)
        #expect(summary.name == "world")
        #expect(
            summary.abilities == [
                "text to video", "image to video", "first and last image to video", "drawn trajectories",
            ])
        #expect(summary.patchSizes.map(\.size) == ["1x1x1", "1x2x2", "2x2x2", "1x4x4", "2x4x4"])
        #expect(summary.patchSizes.map(\.tokens) == [1280, 320, 192, 80, 48])
    }

    /// With guidance, and where the request leaves them open.
    @Test func theLastQuarterOfTheStepsIsNotGuidedByDefault() throws {
        func found(steps: Int? = nil, guidance: Double? = nil, text: String? = nil) throws -> String? {
            var request = request()
            (request.steps, request.guidance) = (steps, guidance)
            request.guidanceSteps = try text.map { try GuidanceSteps($0) }
            return try VideoGenerator(model: "world").resolve(request).guidanceSteps?.description
        }
        #expect(try found() == "0-8")
        #expect(try found(steps: 8) == "0-5")
        #expect(try found(steps: 1) == nil)
        #expect(try found(guidance: 1) == nil)
        #expect(try found(text: "0-") == nil)
        #expect(try found(text: "2-4") == "2-4")
        #expect(try VideoGenerator(model: "world").inspect().defaults.guidanceSteps?.description == "-75%")
        #expect(try VideoGenerator(model: "sprites").inspect().defaults.guidanceSteps == nil)
    }

    @Test func guidedStepsThatCannotBeReadAreSaid() throws {
        let model = try ModelCopy(in: directory)
        try model.edit("generation.json") { $0["guidance_steps"] = "most" }
        #expect {
            _ = try VideoGenerator(model: model.url.path)
        } throws: {
            "\($0)".contains(
                "generation.json: 'guidance_steps' has a value that cannot be used: --guidance-steps most: ")
        }
    }

    @Test func everyPatchSizeMakesItsOwnClipWithTheSameBytesForAnyThreads() async throws {
        let generator = try VideoGenerator(model: "world")
        var clips: Set<[UInt8]> = []
        let patches = ["1x1x1", "1x2x2", "2x2x2", "1x4x4", "2x4x4", "2x4x4:2,1x2x2"]
        for patch in patches {
            var request = request()
            request.patch = try PatchSchedule(patch)
            let settings = try generator.resolve(request)
            for threads in [1, 3] {
                _ = try await generator.generate(
                    settings, to: path("\(patch)-\(threads)/"), options: RunOptions(threads: threads))
            }
            // Pixels alone: the files carry the recipe, which names the size.
            let pictures = try [1, 3].map { try pixels("\(patch)-\($0)") }
            #expect(pictures[0] == pictures[1])
            clips.insert(pictures[0])
        }
        #expect(clips.count == patches.count)
    }

    /// Frame 0 is the picture, up to what the autoencoder loses.
    @Test func thePictureIsTheFirstFrame() async throws {
        let generator = try VideoGenerator(model: "world")
        _ = try await generator.generate(try generator.resolve(request()), to: path("first/"))
        let picture = path("first/frame-0000.png")
        var request = request()
        request.image = picture
        request.seed = 8
        _ = try await generator.generate(try generator.resolve(request), to: path("again/"))
        request.image = nil
        _ = try await generator.generate(try generator.resolve(request), to: path("other/"))
        let names = ["first", "again", "other"]
        let frames = try names.map { try readPicture(path("\($0)/frame-0000.png")).pixels }
        let (same, other) = (meanDifference(frames[0], frames[1]), meanDifference(frames[0], frames[2]))
        #expect(same < 8 && same < other / 2, "\(same) \(other)")
    }

    private func meanDifference(_ one: [UInt8], _ two: [UInt8]) -> Double {
        zip(one, two).reduce(0) { $0 + abs(Double($1.0) - Double($1.1)) } / Double(one.count)
    }
}
