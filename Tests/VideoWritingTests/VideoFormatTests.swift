import Testing
import VideoWriting

struct VideoFormatTests {
    @Test(arguments: [
        ("clip.mp4", VideoFormat.mp4), ("a/b.c/clip.WEBM", .webm), ("/tmp/cat. 1.gif", .gif),
        ("frames/", .png),
        ("a.mp4/", .png), ("/", .png),
    ])
    func endingNamesTheFormat(path: String, format: VideoFormat) throws {
        #expect(try VideoFormat(path: path) == format)
    }

    @Test(arguments: ["clip", "clip.mov", "mp4", "a.mp4/clip", "clip.mp4 ", "clip.", "", "clip.png"])
    func otherEndingsAreRefused(path: String) {
        #expect(throws: VideoError.unknownFormat(path: path)) { try VideoFormat(path: path) }
        #expect(throws: VideoError.unknownFormat(path: path)) {
            try VideoWriter(path: path, width: 64, height: 64, framesPerSecond: 16, recipe: "{}")
        }
    }

    @Test func messagesNameIt() {
        #expect(VideoFormat.allCases.map(\.name) == [".mp4", ".webm", ".gif", "PNG frames"])
    }
}
