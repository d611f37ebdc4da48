import Checkpoints
import Foundation
import Pictures
import Tensors
import TestSupport
import Testing
import VideoWriting
import Zoetrope

/// Whole runs from pictures, on small random models.
@Suite struct ImageToVideoTests {
    private let directory = TemporaryDirectory()

    /// Latents of a run, `[z, f, h, w]`.
    private func latents(_ model: SmallImageModel, _ request: GenerationRequest) async throws -> Tensor {
        let generator = try VideoGenerator(model: model.path)
        let file = directory["latents.safetensors"]
        _ = try await generator.generate(
            try generator.resolve(request), to: directory["clip.mp4"].path,
            options: RunOptions(threads: 2, latents: file.path))
        return try #require(try SafetensorsFile(file).tensors["latents"]).widened()
    }

    @Test(arguments: SmallImageModel.names)
    func latentsAreThoseOfDiffusers(name: String) async throws {
        let model = try SmallImageModel(name)
        var request = model.request
        request.image = model.first
        if name != "image-encoder" { request.lastImage = model.last }
        let error = relativeError(try await latents(model, request), try model.expected("latents"))
        #expect(error <= 1e-4, "\(error)")
    }

    @Test func tracksGuideAsInWanMove() async throws {
        let model = try SmallImageModel("no-encoder")
        var request = model.request
        (request.image, request.lastImage) = (model.first, model.last)
        request.trajectory = try Trajectory(path: model.trajectory)
        let error = relativeError(try await latents(model, request), try model.expected("drawn_latents"))
        #expect(error <= 1e-4, "\(error)")
        #expect(relativeError(try model.expected("latents"), try model.expected("drawn_latents")) > 1e-2)
    }

    @Test func textAloneShowsZeros() async throws {
        let model = try SmallImageModel("no-encoder")
        try model.makeOptional()
        let error = relativeError(
            try await latents(model, model.request), try model.expected("text_latents"))
        #expect(error <= 1e-4, "\(error)")
    }

    @Test func everyPatchSizeSeesThePictures() async throws {
        let model = try SmallImageModel("no-encoder")
        try model.makeOptional()
        try ModelCopy(of: model.directory.url).writePatchSizes(["1x4x2"])
        var request = model.request
        request.patch = try PatchSchedule("1x4x2")
        let text = try await latents(model, request)
        request.image = model.first
        let shown = try await latents(model, request)
        request.trajectory = try Trajectory(path: model.trajectory)
        let drawn = try await latents(model, request)
        #expect(relativeError(shown, text) > 1e-2)
        #expect(relativeError(drawn, shown) > 1e-3)
    }

    @Test func eventsReportAndRecipeTellOfThePictures() async throws {
        let model = try SmallImageModel("two-images")
        let generator = try VideoGenerator(model: model.path)
        var request = model.request
        (request.image, request.lastImage) = (model.first, model.last)
        request.trajectory = try Trajectory(path: model.trajectory)
        request.guidance = 1
        let settings = try generator.resolve(request)
        let log = EventLog()
        let clip = directory["clip.webm"].path
        let report = try await generator.generate(settings, to: clip) { log.add($0) }
        #expect(
            log.names.prefix(9) == [
                "started", "load", "encode", "load", "picture", "load", "picture", "load", "sample",
            ])
        #expect(Set(report.seconds.keys) == ["load", "encode", "picture", "sample", "decode"])
        let recipe = try readRecipe(of: clip)
        #expect(recipe.settings == settings)
        #expect(recipe.settings.image?.sha256.count == 64)
        #expect(recipe.settings.trajectory?.tracks.count == 4)
        #expect(recipe.model.hash.split(separator: "-").count == 4)
    }

    @Test func oldRecipesHaveNoPictures() throws {
        let text = """
            {"model": {"hash": "a-b-c", "name": "embedded"}, "zoetrope": "0.1.0", "settings": {"prompt": "x",
             "negativePrompt": "", "seed": 1, "width": 64, "height": 64, "frames": 17, "framesPerSecond": 8,
             "steps": 12, "guidance": 3, "shift": 3, "sampler": "unipc"}}
            """
        let recipe = try Recipe(json: text, from: "clip.mp4")
        #expect(recipe.settings.image == nil && recipe.settings.trajectory == nil)
        #expect(!(try recipe.json()).contains("image"))
    }

    @Test func inspectionChecksTheEncodersOfPictures() throws {
        let encoder = try SmallImageModel("image-encoder")
        let summary = try VideoGenerator(model: encoder.path).inspect()
        #expect(summary.isComplete)
        #expect(summary.components.map(\.name) == ["transformer", "text_encoder", "vae", "image_encoder"])
        #expect(summary.abilities == ["image to video", "drawn trajectories"])
        let two = try SmallImageModel("two-images")
        #expect(
            try VideoGenerator(model: two.path).inspect().abilities
                == ["first and last image to video", "drawn trajectories"])
        let none = try SmallImageModel("no-encoder")
        #expect(
            try VideoGenerator(model: none.path).inspect().abilities
                == ["image to video", "first and last image to video", "drawn trajectories"])
        try none.makeOptional()
        #expect(try VideoGenerator(model: none.path).inspect().abilities.first == "text to video")
        #expect(try VideoGenerator(model: "sprites").inspect().abilities.first == "text to video")
    }

    @Test func picturesOfAnotherShapeAreCutAndScaled() async throws {
        let model = try SmallImageModel("no-encoder")
        let wide = directory["wide/"].path
        let writer = try VideoWriter(
            path: wide + "/", width: 100, height: 40, framesPerSecond: 8, recipe: "{}")
        let values = seeded([40, 100, 3]).values.map { UInt8(($0 + 1) * 127) }
        try writer.write(Frame(width: 100, height: 40, pixels: values))
        try writer.finish()
        let picture = wide + "/frame-0000.png"

        var request = model.request
        request.image = picture
        let generator = try VideoGenerator(model: model.path)
        let log = EventLog()
        _ = try await generator.generate(
            try generator.resolve(request), to: directory["clip.gif"].path
        ) { log.add($0) }
        #expect(log.names[1] == "note: \(picture): 100x40, cut around the centre to 60x40, scaled to 48x32")

        (request.width, request.height) = (nil, nil)
        var settings = try generator.resolve(request)
        // The published size, 832x480, in the proportions 5 to 2, in steps of 16.
        #expect(settings.width == 992 && settings.height == 400 - 400 % 16)
        request.width = 64
        settings = try generator.resolve(request)
        #expect(settings.width == 64 && settings.height == 480)
        try model.makeOptional()
        request.width = nil
        settings = try VideoGenerator(model: model.path).resolve(request)
        #expect(settings.width == 48 && settings.height == 32)
    }
}
