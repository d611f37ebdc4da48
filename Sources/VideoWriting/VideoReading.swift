import CFFmpeg
package import Pictures

/// The recipe that ``VideoWriter`` put into a file or a directory of frames.
///
/// - Parameter path: .mp4, .webm, .gif, .png or a directory of frames; told apart by content, not by name
/// - Returns: the JSON as it was given to the writer. Another program's comment comes back as well: whoever
///   parses it finds that it is no recipe.
/// - Throws: ``VideoError/cannotRead(path:reason:)``, ``VideoError/notAVideo(path:)``,
///   ``VideoError/broken(path:reason:)``, ``VideoError/noRecipe(path:)``
package func readRecipe(from path: String) throws(VideoError) -> String {
    _ = silenceLog
    guard let recipe = try findRecipe(in: path), !recipe.isEmpty else { throw .noRecipe(path: path) }
    return recipe
}

private func findRecipe(in path: String) throws(VideoError) -> String? {
    if InputFile.isDirectory(path) {
        let frames = try InputFile.frames(in: path)
        let file = path + "/" + FrameDirectory.recipeName
        if let bytes = try? InputFile.read(file, upTo: .max) {
            return String(validating: bytes, as: UTF8.self)
        }
        return PNGText.find(in: try InputFile(frames[0]).bytes())
    }
    let file = try InputFile(path)
    guard let format = file.kind.container else { return PNGText.find(in: try file.bytes()) }
    do throws(FFmpegFailure) {
        return try Demuxer(path, as: format).comment
    } catch {
        throw .broken(path: path, reason: error.reason)
    }
}

/// All frames of a clip, decoded to RGB; a single .png is a clip of one frame.
///
/// YUV is converted by the matrix and range that the file states, by limited-range BT.709 where it states
/// none.
///
/// - Parameter path: .mp4, .webm, .gif, .png or a directory of frames; told apart by content, not by name
/// - Throws: ``VideoError/cannotRead(path:reason:)``, ``VideoError/notAVideo(path:)``,
///   ``VideoError/broken(path:reason:)``
package func readFrames(from path: String) throws(VideoError) -> [Frame] {
    _ = silenceLog
    guard InputFile.isDirectory(path) else { return try readFile(path) }
    var frames: [Frame] = []
    for file in try InputFile.frames(in: path) { frames += try readFile(file) }
    return frames
}

private func readFile(_ path: String) throws(VideoError) -> [Frame] {
    let file = try InputFile(path)
    let format = file.kind.container
    let picture = format == nil ? try file.bytes() : []
    let frames: [Frame]
    do throws(FFmpegFailure) {
        if let format {
            frames = try Demuxer(path, as: format).frames()
        } else {
            frames = try decodePNG(picture)
        }
    } catch {
        throw .broken(path: path, reason: error.reason)
    }
    guard !frames.isEmpty else { throw .notAVideo(path: path) }
    return frames
}

private func decodePNG(_ bytes: [UInt8]) throws(FFmpegFailure) -> [Frame] {
    guard let codec = avcodec_find_decoder(AV_CODEC_ID_PNG) else {
        throw FFmpegFailure(code: cffmpeg_no_decoder)
    }
    let decoder = try VideoDecoder(codec, stream: nil)
    var frames: [Frame] = []
    try decoder.decode(Packet(bytes: bytes), into: &frames)
    try decoder.decode(nil, into: &frames)
    return frames
}
