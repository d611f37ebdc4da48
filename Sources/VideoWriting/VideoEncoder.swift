import CFFmpeg
internal import Pictures

/// Pictures in, packets out: one encoder of libavcodec.
final class VideoEncoder {
    let context: UnsafeMutablePointer<AVCodecContext>

    /// - Throws: ``VideoError/missingEncoder(name:format:possible:)`` or
    ///   ``VideoError/encoderRefused(name:width:height:reason:)``
    init(
        _ settings: EncoderSettings, for format: VideoFormat, width: Int, height: Int, framesPerSecond: Int
    ) throws(VideoError) {
        try format.requireEncoder(named: settings.encoder)
        let codec = avcodec_find_encoder_by_name(settings.encoder)
        guard let context = avcodec_alloc_context3(codec) else {
            throw .encoderRefused(
                name: settings.encoder, width: width, height: height,
                reason: FFmpegFailure(code: outOfMemory).reason)
        }
        self.context = context
        do throws(FFmpegFailure) {
            try describe(settings, width: width, height: height, framesPerSecond: framesPerSecond)
            for (name, value) in settings.encoderOptions {
                try check(av_opt_set(context, name, value, AV_OPT_SEARCH_CHILDREN))
            }
            try check(avcodec_open2(context, codec, nil))
        } catch {
            throw .encoderRefused(
                name: settings.encoder, width: width, height: height, reason: error.reason)
        }
    }

    deinit {
        var owned: UnsafeMutablePointer<AVCodecContext>? = context
        avcodec_free_context(&owned)
    }

    /// One tick of the clock is one frame.
    private func describe(
        _ settings: EncoderSettings, width: Int, height: Int, framesPerSecond: Int
    ) throws(FFmpegFailure) {
        guard let width = Int32(exactly: width), let height = Int32(exactly: height) else {
            throw FFmpegFailure(code: cffmpeg_error(EINVAL))
        }
        context.pointee.width = width
        context.pointee.height = height
        context.pointee.pix_fmt = settings.pixelFormat
        context.pointee.time_base = AVRational(num: 1, den: Int32(framesPerSecond))
        context.pointee.framerate = AVRational(num: Int32(framesPerSecond), den: 1)
        context.pointee.thread_count = 1
        context.pointee.flags |= AV_CODEC_FLAG_BITEXACT
        if settings.halvesColor {
            context.pointee.color_range = AVCOL_RANGE_MPEG
            context.pointee.colorspace = AVCOL_SPC_BT709
            context.pointee.color_primaries = AVCOL_PRI_BT709
            context.pointee.color_trc = AVCOL_TRC_BT709
            context.pointee.chroma_sample_location = PixelKind.video.chromaLocation
            context.pointee.flags |= AV_CODEC_FLAG_GLOBAL_HEADER
        }
    }

    /// Gives it the next picture, or `nil` after the last one.
    func send(_ picture: Picture?) throws(FFmpegFailure) {
        try check(avcodec_send_frame(context, picture?.pointer))
    }

    /// Moves the next packet that is ready into `packet`; `false` when there is none until more pictures
    /// come.
    func receive(into packet: Packet) throws(FFmpegFailure) -> Bool {
        let result = avcodec_receive_packet(context, packet.pointer)
        if result == tryAgain || result == cffmpeg_end_of_file { return false }
        try check(result)
        packet.pointer.pointee.duration = 1
        return true
    }
}
