import Foundation
import TestSupport
import Testing

/// Pictures and tracks as a user names them.
@Suite(.serialized) struct PictureCommandTests {
    private let model: SmallImageModel
    private var directory: URL { model.directory.url }

    init() throws { model = try SmallImageModel("no-encoder") }

    private func run(_ arguments: [String]) throws -> Program.Result {
        try Program.run(arguments + ["--model", model.path], in: directory)
    }

    @Test func picturesAndTracksMakeAClipThatCanBeMadeAgain() throws {
        let made = try run([
            "generate", "a red cat runs", "--seed", "3", "--frames", "9", "--steps", "2", "--width", "48",
            "--height", "32", "--image", "first.png", "--last-image", "last.png", "--trajectory",
            "trajectory.json", "-o", "clip.gif", "--json",
        ])
        #expect(made.status == 0, "\(made.errors)")
        #expect(made.errors.contains("reading the picture"))
        let report = try #require(try JSONSerialization.jsonObject(with: made.output) as? [String: Any])
        #expect((report["seconds"] as? [String: Any])?["picture"] != nil)

        // Tracks are in the recipe; the picture is found by its new place.
        let files = FileManager.default
        try files.removeItem(at: model.directory["trajectory.json"])
        try files.moveItem(at: model.directory["first.png"], to: model.directory["moved.png"])
        let gone = try run(["rerun", "clip.gif", "-o", "again.gif"])
        #expect(gone.status != 0)
        #expect(
            gone.errors.contains(
                "The picture 'first.png' is not there any more, but the clip is made from it. "
                    + "Name its new place with --image."))
        let other = try run(["rerun", "clip.gif", "-o", "again.gif", "--image", "last.png"])
        #expect(other.errors.contains("'last.png' is not the picture that the clip is made from"))
        #expect(!files.fileExists(atPath: model.directory["again.gif"].path))
        let again = try run([
            "rerun", "clip.gif", "-o", "again.gif", "--image", "moved.png", "--threads", "1",
        ])
        #expect(again.status == 0, "\(again.errors)")
        // The recipes differ by the place of the picture; the pictures do not.
        let frames = try ["clip.gif", "again.gif"].map { name in
            let bytes = try Data(contentsOf: model.directory[name])
            return String(data: bytes, encoding: .isoLatin1)?.replacing("first.png", with: "moved.png")
        }
        #expect(frames[0] == frames[1])
    }

    @Test(arguments: [
        (["--image", "/nowhere.png"], "Error: The picture '/nowhere.png' cannot be read: No such file"),
        (["--image", "model_index.json"], "Error: 'model_index.json' is no picture that can be read here."),
        (["--image", "vae"], "Error: 'vae' is a directory or a device, but a picture is needed."),
        (["--last-image", "last.png"], "Error: --last-image needs --image"),
        (["--trajectory", "trajectory.json"], "Error: --trajectory needs --image"),
        (
            ["--trajectory", "first.png"],
            "Error: The trajectory 'first.png' is no JSON: byte 0 is the byte 137"
        ),
        (["--image", "first.png", "--frames", "1", "--last-image", "last.png"], "Take 5 or more."),
        ([], "animates a picture and makes nothing without one. Name the first frame with --image."),
    ])
    func badRequestsSayWhatToDo(arguments: [String], text: String) throws {
        let before = try model.directory.contents
        let result = try run(["generate", "x", "-o", "clip.gif"] + arguments)
        #expect(result.status != 0)
        #expect(result.errors.contains(text), "\(result.errors)")
        #expect(try model.directory.contents == before)
    }

    @Test func placesOfPicturesThatAClipDoesNotHaveAreRefused() throws {
        try model.makeOptional()
        let made = try run(["generate", "a cat", "--steps", "1", "-o", "clip.gif"])
        #expect(made.status == 0, "\(made.errors)")
        let result = try run(["rerun", "clip.gif", "-o", "again.gif", "--image", "first.png"])
        #expect(result.status != 0)
        #expect(
            result.errors.contains("--image: the clip was made without such a picture. Leave it out."))
    }

    @Test func inspectSaysWhatItDoesWithPictures() throws {
        let result = try Program.run(["inspect", model.path])
        #expect(result.status == 0)
        #expect(
            result.text.contains("Makes: image to video, first and last image to video, drawn trajectories"))
    }
}
