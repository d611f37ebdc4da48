import CFFmpeg

/// Packets in, RGB frames out: one decoder of libavcodec.
final class VideoDecoder {
    private let context: UnsafeMutablePointer<AVCodecContext>
    private let picture: Picture
    /// Made for the last picture; a stream may change its size and kind.
    private var scaler: PixelScaler?

    /// - Parameter stream: what the container says of the stream; `nil` where the packets say it all
    init(_ codec: UnsafePointer<AVCodec>, stream: UnsafePointer<AVCodecParameters>?) throws(FFmpegFailure) {
        let picture = try Picture()
        guard let context = avcodec_alloc_context3(codec) else { throw FFmpegFailure(code: outOfMemory) }
        self.context = context
        self.picture = picture
        context.pointee.thread_count = 1
        if let stream { try check(avcodec_parameters_to_context(context, stream)) }
        try check(avcodec_open2(context, codec, nil))
    }

    deinit {
        var owned: UnsafeMutablePointer<AVCodecContext>? = context
        avcodec_free_context(&owned)
    }

    /// Decodes a packet, or what the decoder still holds for `nil`, and appends the frames that come out.
    func decode(_ packet: Packet?, into frames: inout [Frame]) throws(FFmpegFailure) {
        try check(avcodec_send_packet(context, packet?.pointer))
        while true {
            let result = avcodec_receive_frame(context, picture.pointer)
            if result == tryAgain || result == cffmpeg_end_of_file { return }
            try check(result)
            frames.append(try frame())
        }
    }

    private func frame() throws(FFmpegFailure) -> Frame {
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
