internal import CFFmpeg
package import Pictures

/// Width times height of the largest picture that is decoded; three times this many bytes fit any machine.
let mostPixels: Int64 = 100_000_000

/// Reads a picture as RGB: the first one of a GIF, TIFF or PNG that has several.
///
/// Pixels that are not opaque are laid over white. A picture that says it was taken with the camera turned
/// (EXIF orientation, which FFmpeg reports for JPEG) is turned upright. YUV without a tag is full-range
/// BT.601, as JFIF has it, and that of WebP limited-range BT.601. Colour profiles are not applied.
///
/// - Parameter path: PNG, JPEG, WebP, GIF, BMP, TIFF or PNM; told apart by content, not by name
/// - Throws: ``PictureError``
package func readPicture(_ path: String) throws(PictureError) -> Frame {
    _ = silenceLog
    let file = try PictureFile(path)
    if file.codec == AV_CODEC_ID_GIF, !GIFStructure.hasWholePicture(file.bytes) {
        throw .broken(path: path, reason: "its first picture is not there to its end")
    }
    let frame: Frame?
    do throws(FFmpegFailure) {
        frame = try decode(file)
    } catch {
        throw .broken(path: path, reason: error.reason)
    }
    guard let frame else { throw .broken(path: path, reason: "no picture came out") }
    return frame
}

private func decode(_ file: PictureFile) throws(FFmpegFailure) -> Frame? {
    guard let codec = avcodec_find_decoder(file.codec) else {
        throw FFmpegFailure(code: cffmpeg_no_decoder)
    }
    var rules = DecodingRules()
    rules.mostPixels = mostPixels
    rules.stopsAtDamage = true
    let decoder = try PictureDecoder(codec, rules: rules)
    var frame: Frame?
    func keep(_ picture: Picture) throws(FFmpegFailure) {
        if frame == nil { frame = try rgb(picture, from: file.codec).turned(by: Turn(of: picture)) }
    }
    try decoder.decode(Packet(bytes: file.bytes), keep)
    try decoder.decode(nil, keep)
    return frame
}

private func rgb(_ picture: Picture, from codec: AVCodecID) throws(FFmpegFailure) -> Frame {
    let (width, height) = (Int(picture.pointer.pointee.width), Int(picture.pointer.pointee.height))
    let source = PixelKind(still: picture, codec)
    let target: PixelKind = source.hasAlpha ? .rgba : .rgb
    let converted = try Picture(target.format, width: width, height: height)
    try PixelScaler(from: source, to: target, width: width, height: height).convert(picture, to: converted)
    let pixels = converted.rows(rowBytes: width * (source.hasAlpha ? 4 : 3))
    return Frame(width: width, height: height, pixels: source.hasAlpha ? overWhite(pixels) : pixels)
}

/// RGBA, not premultiplied, to RGB.
private func overWhite(_ pixels: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(pixels.count / 4 * 3)
    for first in stride(from: 0, to: pixels.count, by: 4) {
        let alpha = Int(pixels[first + 3])
        for channel in first..<first + 3 {
            result.append(UInt8((Int(pixels[channel]) * alpha + 255 * (255 - alpha) + 127) / 255))
        }
    }
    return result
}

extension PixelKind {
    /// What a decoded still picture says of itself, and full-range BT.601 where it says nothing; WebP is always
    /// limited-range BT.601.
    fileprivate init(still picture: Picture, _ codec: AVCodecID) {
        self.init(of: picture)
        let frame = picture.pointer.pointee
        let isLimited = codec == AV_CODEC_ID_WEBP || frame.color_range == AVCOL_RANGE_MPEG
        isFullRange = isFullRange || !isLimited
        if frame.colorspace == AVCOL_SPC_UNSPECIFIED { matrix = SWS_CS_ITU601 }
        if chromaLocation == AVCHROMA_LOC_UNSPECIFIED { chromaLocation = AVCHROMA_LOC_CENTER }
    }

    fileprivate var hasAlpha: Bool {
        format == AV_PIX_FMT_PAL8
            || av_pix_fmt_desc_get(format).pointee.flags & UInt64(AV_PIX_FMT_FLAG_ALPHA) != 0
    }
}
