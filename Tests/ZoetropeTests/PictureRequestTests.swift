import Foundation
import TestSupport
import Testing
import Zoetrope

/// Pictures that do not go with a model or with each other are named before anything is loaded.
@Suite struct PictureRequestTests {
    private func problem(_ model: String?, _ change: (inout GenerationRequest) -> Void) -> String {
        var request = GenerationRequest(prompt: "a red cat")
        change(&request)
        do {
            _ = try VideoGenerator(model: model).resolve(request)
            return "accepted"
        } catch {
            return "\(error)"
        }
    }

    @Test func modelsSayWhatTheyTake() throws {
        let (one, none) = (try SmallImageModel("image-encoder"), try SmallImageModel("no-encoder"))
        let two = try SmallImageModel("two-images")
        let name = { (model: SmallImageModel) in model.directory.url.lastPathComponent }
        #expect(
            problem(one.path) { _ in } == "'\(name(one))' animates a picture and makes nothing without one. "
                + "Name the first frame with --image.")
        #expect(
            problem(one.path) { ($0.image, $0.lastImage) = (one.first, one.last) }
                == "'\(name(one))' takes a first frame only. Leave out --last-image, or take a model for first and "
                + "last frames.")
        #expect(
            problem(two.path) { $0.image = two.first }
                == "'\(name(two))' goes from a first to a last frame and "
                + "needs both. Name the last one with --last-image.")
        #expect(
            problem(none.path) { $0.lastImage = none.last }
                == "--last-image needs --image: models go from a first "
                + "frame to a last one. Name the first frame too.")
        #expect(
            problem(none.path) {
                ($0.image, $0.lastImage, $0.frames) = (none.first, none.last, 1)
            } == "--frames 1: with --last-image a clip has at least 5 frames. Take 5 or more.")
        #expect(
            problem(none.path) { $0.trajectory = Trajectory(tracks: [.anchor(x: 0, y: 0)]) }
                == "--trajectory needs --image: its tracks move what lies under them in the first frame. Name the "
                + "picture they were drawn on.")
        #expect(
            problem(none.path) { $0.ownImage = true }
                == "'\(name(none))' animates a picture and makes nothing without one. Name the first frame with --image."
        )
        try none.makeOptional()
        #expect(problem(none.path) { _ in } == "accepted")
        #expect(problem(none.path) { $0.ownImage = true } == "accepted")
        #expect(
            problem(none.path) { ($0.ownImage, $0.image) = (true, none.first) }
                == "--own-image takes the first frame from a first clip, and --image from a file. Leave one of them out."
        )
        #expect(problem(none.path) { $0.image = none.first } == "accepted")
        #expect(
            problem(none.path) { $0.image = "/nowhere.png" }
                == "The picture '/nowhere.png' cannot be read: No such "
                + "file or directory. Check the path and the permissions.")
    }

    private func setChannels(_ count: Int, of model: SmallImageModel) throws {
        try ModelCopy(of: model.directory.url).edit("transformer/config.json") { $0["in_channels"] = count }
    }

    @Test func textModelsTakeNoPicture() throws {
        let model = try SmallImageModel("no-encoder")
        try setChannels(16, of: model)
        #expect(problem(model.path) { _ in } == "accepted")
        #expect(
            problem(model.path) { $0.image = model.first }
                == "'\(model.directory.url.lastPathComponent)' makes video from text only, so it takes no --image. "
                + "Leave it out, or name another model, such as the embedded --model world; `zoetrope inspect` says "
                + "what a model can do.")
        #expect(
            problem(model.path) { $0.ownImage = true }
                == "'\(model.directory.url.lastPathComponent)' makes video from text only, so it cannot be given a first frame "
                + "of its own. Leave out --own-image, or name a model with which pictures are optional, such as the embedded "
                + "--model world.")
    }

    @Test func channelsForSomethingElseAreNamed() throws {
        let model = try SmallImageModel("no-encoder")
        try setChannels(48, of: model)
        #expect(
            problem(model.path) { _ in }
                == "'\(model.path)' takes 48 input channels; models for text take 16 and "
                + "models for pictures 36. It is for something else, such as a control video. Take another checkpoint."
        )
    }

    @Test(arguments: ["image_encoder/config.json", "image_processor/preprocessor_config.json"])
    func aMissingImageEncoderIsNamed(file: String) throws {
        let model = try SmallImageModel("image-encoder")
        try FileManager.default.removeItem(at: model.directory[file])
        #expect(
            problem(model.path) { _ in }
                == "'\(model.path)' lacks its image encoder: '\(file)' is not there. "
                + "Download the checkpoint completely.")
    }

    @Test func picturesThatMovedOrChangedAreNamed() async throws {
        let model = try SmallImageModel("no-encoder")
        let generator = try VideoGenerator(model: model.path)
        var request = model.request
        (request.image, request.lastImage) = (model.first, model.last)
        let settings = try generator.resolve(request)
        let log = EventLog()
        func problem(_ settings: GenerationSettings) async -> String {
            do {
                _ = try await generator.generate(settings, to: model.directory["clip.mp4"].path) {
                    log.add($0)
                }
                return "made"
            } catch {
                return "\(error)"
            }
        }
        try FileManager.default.moveItem(at: model.directory["last.png"], to: model.directory["moved.png"])
        #expect(
            await problem(settings)
                == "The picture '\(model.last)' is not there any more, but the clip is made from "
                + "it. Name its new place with --last-image.")
        try FileManager.default.copyItem(at: model.directory["first.png"], to: model.directory["last.png"])
        let (last, first) = (
            settings.lastImage?.sha256.prefix(16) ?? "", settings.image?.sha256.prefix(16) ?? ""
        )
        #expect(
            await problem(settings)
                == "'\(model.last)' is not the picture that the clip is made from: its SHA-256 is "
                + "\(first)..., not \(last)... Name the right one with --last-image.")
        #expect(log.names.isEmpty)
        var moved = settings
        moved.lastImage?.path = model.directory["moved.png"].path
        #expect(await problem(moved) == "made")
    }
}
