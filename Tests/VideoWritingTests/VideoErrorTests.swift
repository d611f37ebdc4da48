import Testing
import VideoWriting

struct VideoErrorTests {
    @Test(arguments: [
        (
            VideoError.unknownFormat(path: "cat.mov"),
            "'cat.mov' names no format that can be written. "
                + "Let it end in .mp4, .webm or .gif, or in / for a directory of PNG frames."
        ),
        (
            .missingDirectory(path: "out/cat.mp4", directory: "out/"),
            "'out/cat.mp4' cannot be written: there is no directory 'out/'. "
                + "Make it first, or correct the path."
        ),
        (
            .directoryInTheWay(path: "cat.mp4"),
            "'cat.mp4' is a directory, but a file of that name is to be written. "
                + "Choose another name, or end the path in / for a directory of PNG frames."
        ),
        (
            .fileInTheWay(path: "frames"),
            "'frames' is a file, but a directory of PNG frames of that name is to be written. "
                + "Choose another name."
        ),
        (
            .foreignFile(name: "thesis.tex", directory: "frames"),
            "'frames' holds 'thesis.tex', which no run has written, so it is not replaced. "
                + "Choose another directory, or empty this one."
        ),
        (
            .unusableName(path: "./"),
            "'./' cannot be replaced by a new directory. Name the directory itself, such as frames/."
        ),
        (
            .cannotCreate(path: "/proc/cat.mp4", reason: "No such file or directory"),
            "'/proc/cat.mp4' cannot be written: no file can be made beside it (No such file or directory). "
                + "Choose a directory that you may write to."
        ),
        (
            .cannotWrite(path: "cat.mp4", reason: "No space left on device"),
            "Writing 'cat.mp4' failed: No space left on device. Nothing was left under that name by this run"
                + ". Check the free space and the permissions there, or choose another directory."
        ),
    ])
    func outputsAreNamed(error: VideoError, text: String) { #expect(error.description == text) }

    @Test(arguments: [
        (
            VideoError.oddSize(width: 65, height: 64, format: .mp4),
            ".mp4 needs an even width and an even height, but the clip is 65x64. "
                + "Ask for 66x64, or write .gif or PNG frames."
        ),
        (
            .frameRateOutOfRange(found: 60, highest: 50, format: .gif),
            "60 frames per second cannot be written as .gif: 1 to 50 can. "
                + "Choose a rate in that range or another format."
        ),
        (
            .missingEncoder(name: "libx264", format: .mp4, possible: [.webm, .gif, .png]),
            "The FFmpeg libraries on this machine lack the encoder 'libx264' that .mp4 needs; they can write "
                + ".webm, .gif, PNG frames. Write .webm instead, or install FFmpeg libraries with 'libx264'."
        ),
        (
            .missingEncoder(name: "libx264", format: .mp4, possible: []),
            "The FFmpeg libraries on this machine lack the encoder 'libx264' that .mp4 needs; they can write "
                + "nothing. Install FFmpeg libraries with 'libx264'."
        ),
        (
            .encoderRefused(name: "libx264", width: 99998, height: 64, reason: "Invalid argument"),
            "The encoder 'libx264' does not take 99998x64 frames: Invalid argument. "
                + "Try another size or another format."
        ),
        (
            .wrongFrameSize(width: 32, height: 64, expectedWidth: 64, expectedHeight: 64),
            "A frame has 32x64 pixels, but the clip was opened for 64x64. All frames of a clip have one size."
        ),
        (
            .noFrames(path: "cat.mp4"),
            "'cat.mp4' was not written: the clip has no frame. Ask for at least one frame."
        ),
    ])
    func settingsAndFramesAreNamed(error: VideoError, text: String) { #expect(error.description == text) }

    @Test(arguments: [
        (
            VideoError.cannotRead(path: "cat.mp4", reason: "No such file or directory"),
            "'cat.mp4' cannot be read: No such file or directory. Check the path and the permissions."
        ),
        (
            .notAVideo(path: "cat.txt"),
            "'cat.txt' is no video that can be read here. "
                + "Give a .mp4, .webm, .gif or .png file, or a directory of frame-0000.png and so on."
        ),
        (
            .broken(path: "cat.mp4", reason: "End of file"),
            "'cat.mp4' is broken: End of file. Make it again, or fetch it again."
        ),
        (
            .noRecipe(path: "cat.mp4"),
            "'cat.mp4' carries no recipe. Only files written here have one, and other programs drop it when "
                + "they convert or edit a clip."
        ),
    ])
    func inputsAreNamed(error: VideoError, text: String) { #expect(error.description == text) }

    @Test func encodersAreLookedUpInFFmpeg() throws {
        try VideoFormat.mp4.requireEncoder(named: "libx264")
        #expect(
            throws: VideoError.missingEncoder(name: "libx999", format: .mp4, possible: [.webm, .gif, .png])
        ) { try VideoFormat.mp4.requireEncoder(named: "libx999") }
    }
}
