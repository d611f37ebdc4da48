import CFFmpeg
internal import Pictures

/// Turns frames into pictures of the pixel format that an encoder takes. The picture is reused by the next
/// call.
protocol PictureConverter: AnyObject {
    func convert(_ frame: Frame) throws(FFmpegFailure) -> Picture
}

/// RGB as it is.
final class RGBConverter: PictureConverter {
    private let picture: Picture

    init(width: Int, height: Int) throws(FFmpegFailure) {
        picture = try Picture(AV_PIX_FMT_RGB24, width: width, height: height)
    }

    func convert(_ frame: Frame) throws(FFmpegFailure) -> Picture {
        try picture.makeWritable()
        picture.copyRows(of: frame.pixels, rowBytes: frame.width * 3)
        return picture
    }
}

/// RGB to limited-range BT.709 with colour at half resolution.
final class YUVConverter: PictureConverter {
    private let source: RGBConverter
    private let picture: Picture
    private let scaler: PixelScaler

    init(width: Int, height: Int) throws(FFmpegFailure) {
        source = try RGBConverter(width: width, height: height)
        picture = try Picture(AV_PIX_FMT_YUV420P, width: width, height: height)
        scaler = try PixelScaler(from: .rgb, to: .video, width: width, height: height)
    }

    func convert(_ frame: Frame) throws(FFmpegFailure) -> Picture {
        try picture.makeWritable()
        try scaler.convert(source.convert(frame), to: picture)
        return picture
    }
}
