import CFFmpeg

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

extension Picture {
    /// Fills the first plane from bytes without padding between rows.
    func copyRows(of bytes: [UInt8], rowBytes: Int) {
        guard let plane = pointer.pointee.data.0 else { return }
        bytes.withUnsafeBufferPointer { source in
            for row in 0..<Int(pointer.pointee.height) {
                let line = UnsafeMutableBufferPointer(
                    start: plane + row * Int(pointer.pointee.linesize.0), count: rowBytes)
                _ = line.update(fromContentsOf: source[row * rowBytes..<(row + 1) * rowBytes])
            }
        }
    }

    /// The first plane without padding between rows.
    func rows(rowBytes: Int) -> [UInt8] {
        let height = Int(pointer.pointee.height)
        guard let plane = pointer.pointee.data.0 else { return [] }
        return Array(unsafeUninitializedCapacity: height * rowBytes) { target, count in
            for row in 0..<height {
                let line = UnsafeBufferPointer(
                    start: plane + row * Int(pointer.pointee.linesize.0), count: rowBytes)
                for (column, byte) in line.enumerated() { target[row * rowBytes + column] = byte }
            }
            count = height * rowBytes
        }
    }
}
