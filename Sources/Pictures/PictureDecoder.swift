package import CFFmpeg

/// How a decoder meets what it is given.
package struct DecodingRules: Sendable {
    /// Width times height; a larger picture fails before memory is taken for it.
    package var mostPixels: Int64 = .max
    /// Whether damage is a failure; otherwise the decoder makes up what is missing, as players do.
    package var stopsAtDamage = false

    package init() {}
}

/// Packets in, pictures in the codec's own pixel format out: one decoder of libavcodec.
package final class PictureDecoder {
    private let context: UnsafeMutablePointer<AVCodecContext>
    private let picture: Picture

    /// - Parameter stream: what the container says of the stream; `nil` where the packets say it all
    package init(
        _ codec: UnsafePointer<AVCodec>, stream: UnsafePointer<AVCodecParameters>? = nil,
        rules: DecodingRules = DecodingRules()
    ) throws(FFmpegFailure) {
        let picture = try Picture()
        guard let context = avcodec_alloc_context3(codec) else { throw FFmpegFailure(code: outOfMemory) }
        self.context = context
        self.picture = picture
        context.pointee.thread_count = 1
        context.pointee.max_pixels = rules.mostPixels
        if rules.stopsAtDamage { context.pointee.err_recognition = AV_EF_EXPLODE | AV_EF_CRCCHECK }
        if let stream { try check(avcodec_parameters_to_context(context, stream)) }
        try check(avcodec_open2(context, codec, nil))
    }

    deinit {
        var owned: UnsafeMutablePointer<AVCodecContext>? = context
        avcodec_free_context(&owned)
    }

    /// Decodes a packet, or what the decoder still holds for `nil`, and shows each picture that comes out. A
    /// picture is valid until `visit` returns.
    package func decode(
        _ packet: Packet?, _ visit: (Picture) throws(FFmpegFailure) -> Void
    ) throws(FFmpegFailure) {
        try check(avcodec_send_packet(context, packet?.pointer))
        while true {
            let result = avcodec_receive_frame(context, picture.pointer)
            if result == tryAgain || result == cffmpeg_end_of_file { return }
            try check(result)
            try visit(picture)
        }
    }
}
