package import Pictures

/// Writes a clip frame by frame. Nothing has the final name until ``finish()`` succeeds, and then all of it
/// has.
///
/// The same frames, settings and recipe give the same bytes, whatever the number of cores and their vector
/// units, with the same versions of FFmpeg, x264 and libvpx.
package final class VideoWriter {
    private let path: String
    private let width: Int
    private let height: Int
    private let output: PartialOutput
    /// `nil` once the clip is finished, cancelled or has failed.
    private var sink: (any FrameSink)?
    private var isEmpty = true

    /// Opens a temporary file beside the output and the encoder, so that what cannot work fails before any
    /// frame is made.
    ///
    /// - Parameters:
    ///   - path: the output; its ending is its format, see ``VideoFormat/init(path:)``. An existing file, or
    ///     directory of frames, is replaced at the end.
    ///   - width: pixels, even for .mp4 and .webm
    ///   - height: pixels, even for .mp4 and .webm
    ///   - framesPerSecond: 1 to 1000; to 50 for .gif, whose frames last whole hundredths of a second and are
    ///     spread so that the clip as a whole keeps its pace
    ///   - recipe: JSON that says how the clip was made: the tag "comment" of .mp4 and .webm, the comment of
    ///     a .gif; `recipe.json` and text in each frame for PNG
    /// - Throws: ``VideoError``
    /// - Precondition: `recipe` has no NUL character, which JSON escapes
    package init(
        path: String, width: Int, height: Int, framesPerSecond: Int, recipe: String
    ) throws(VideoError) {
        precondition(!recipe.utf8.contains(0), "a recipe is JSON, which has no NUL")
        _ = silenceLog
        let format = try VideoFormat(path: path)
        let settings = EncoderSettings(format)
        try Self.check(settings, format, width: width, height: height, framesPerSecond: framesPerSecond)
        let encoder = try VideoEncoder(
            settings, for: format, width: width, height: height, framesPerSecond: framesPerSecond)
        output = try PartialOutput(format == .png ? .directory : .file, at: path)
        self.path = path
        self.width = width
        self.height = height
        sink =
            format == .png
            ? try FrameDirectory(
                in: output.partialPath, path: path, encoder: encoder, recipe: recipe, width: width,
                height: height)
            : try VideoStream(
                at: output.partialPath, path: path, encoder: encoder, settings: settings, recipe: recipe)
    }

    deinit { cancel() }

    /// Name of the temporary file or directory, beside the output.
    package var partialName: String { output.partialName }

    /// Takes away what a killed process has left of a clip, and gives an older directory of frames that stepped aside
    /// for it its name back.
    ///
    /// - Parameters:
    ///   - partialName: that process' ``partialName``; any other name is left alone
    ///   - path: the output as that process named it
    package static func removeLeftover(_ partialName: String, of path: String) {
        PartialOutput.removeLeftover(partialName, of: path)
    }

    private static func check(
        _ settings: EncoderSettings, _ format: VideoFormat, width: Int, height: Int, framesPerSecond: Int
    ) throws(VideoError) {
        guard 1...settings.highestRate ~= framesPerSecond else {
            throw .frameRateOutOfRange(found: framesPerSecond, highest: settings.highestRate, format: format)
        }
        if settings.halvesColor && (width % 2 != 0 || height % 2 != 0) {
            throw .oddSize(width: width, height: height, format: format)
        }
    }

    /// Appends a frame. After an error the clip is given up and its temporary file removed.
    ///
    /// - Throws: ``VideoError/wrongFrameSize(width:height:expectedWidth:expectedHeight:)``,
    ///   ``VideoError/cannotWrite(path:reason:)``
    /// - Precondition: the clip is neither finished nor given up
    package func write(_ frame: Frame) throws(VideoError) {
        try orCancel { () throws(VideoError) in
            guard frame.width == width, frame.height == height else {
                throw .wrongFrameSize(
                    width: frame.width, height: frame.height, expectedWidth: width, expectedHeight: height)
            }
            try openSink().write(frame)
            isEmpty = false
        }
    }

    /// Completes the file, brings it to the disk and gives it its final name.
    ///
    /// - Throws: ``VideoError/noFrames(path:)``, ``VideoError/cannotWrite(path:reason:)``; then nothing of
    ///   this clip is left, and an older file of that name is as it was
    /// - Precondition: the clip is neither finished nor given up
    package func finish() throws(VideoError) {
        try orCancel { () throws(VideoError) in
            guard !isEmpty else { throw .noFrames(path: path) }
            try openSink().finish()
            sink = nil
            try output.publish()
        }
    }

    /// Gives the clip up and removes its temporary file; nothing happens after ``finish()``.
    package func cancel() {
        sink = nil
        output.discard()
    }

    private func openSink() -> any FrameSink {
        guard let sink else { preconditionFailure("'\(path)' takes no frame after its end") }
        return sink
    }

    private func orCancel(_ work: () throws(VideoError) -> Void) throws(VideoError) {
        do throws(VideoError) {
            try work()
        } catch {
            cancel()
            throw error
        }
    }
}
