internal import CFFmpeg
internal import Pictures

/// Packets in, RGB frames out.
final class VideoDecoder {
    private let decoder: PictureDecoder
    /// Made for the last picture; a stream may change its size and kind.
    private var scaler: PixelScaler?

    /// - Parameter stream: what the container says of the stream; `nil` where the packets say it all
    init(_ codec: UnsafePointer<AVCodec>, stream: UnsafePointer<AVCodecParameters>?) throws(FFmpegFailure) {
        decoder = try PictureDecoder(codec, stream: stream)
    }

    /// Decodes a packet, or what the decoder still holds for `nil`, and appends the frames that come out.
    func decode(_ packet: Packet?, into frames: inout [Frame]) throws(FFmpegFailure) {
        try decoder.decode(packet) { picture throws(FFmpegFailure) in frames.append(try frame(of: picture)) }
    }

    private func frame(of picture: Picture) throws(FFmpegFailure) -> Frame {
        let width = Int(picture.pointer.pointee.width)
        let height = Int(picture.pointer.pointee.height)
        let kind = PixelKind(of: picture)
        let scaler: PixelScaler
        if let last = self.scaler, last.source == kind, last.width == width, last.height == height {
            scaler = last
        } else {
            scaler = try PixelScaler(from: kind, to: .rgb, width: width, height: height)
            self.scaler = scaler
        }
        let target = try Picture(AV_PIX_FMT_RGB24, width: width, height: height)
        try scaler.convert(picture, to: target)
        return Frame(width: width, height: height, pixels: target.rows(rowBytes: width * 3))
    }
}
