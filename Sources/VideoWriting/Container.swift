import CFFmpeg
internal import Pictures

/// The file around the packets: one video stream in a container of libavformat.
final class Container {
    private let context: UnsafeMutablePointer<AVFormatContext>
    private let stream: UnsafeMutablePointer<AVStream>
    private let encoderClock: AVRational
    private var owesTrailer = false

    /// Opens the file and writes the header, with `recipe` as the tag "comment".
    init(
        at path: String, _ settings: EncoderSettings, encoder: VideoEncoder, recipe: String
    ) throws(FFmpegFailure) {
        // With "file:" no part of a path can be taken for another protocol.
        let address = "file:" + path
        var opened: UnsafeMutablePointer<AVFormatContext>?
        try check(avformat_alloc_output_context2(&opened, nil, settings.container, address))
        guard let context = opened else { throw FFmpegFailure(code: outOfMemory) }
        guard let stream = avformat_new_stream(context, nil) else {
            avformat_free_context(context)
            throw FFmpegFailure(code: outOfMemory)
        }
        self.context = context
        self.stream = stream
        encoderClock = encoder.context.pointee.time_base
        // No time of day and no version in the file: the same clip gives the same bytes.
        context.pointee.flags |= AVFMT_FLAG_BITEXACT
        av_dict_set(&context.pointee.metadata, "comment", recipe, 0)
        try check(avcodec_parameters_from_context(stream.pointee.codecpar, encoder.context))
        stream.pointee.time_base = encoderClock
        stream.pointee.avg_frame_rate = encoder.context.pointee.framerate
        try check(avio_open(&context.pointee.pb, address, AVIO_FLAG_WRITE))
        try writeHeader(settings.containerOptions)
    }

    deinit {
        // FFmpeg's GIF muxer frees the packet that it holds back in the trailer and nowhere else.
        if owesTrailer { av_write_trailer(context) }
        avio_closep(&context.pointee.pb)
        avformat_free_context(context)
    }

    private func writeHeader(_ options: [(name: String, value: String)]) throws(FFmpegFailure) {
        var dictionary: OpaquePointer?
        defer { av_dict_free(&dictionary) }
        for (name, value) in options { av_dict_set(&dictionary, name, value, 0) }
        try check(avformat_write_header(context, &dictionary))
        owesTrailer = true
    }

    /// Takes the packet's bytes; they may reach the disk only later.
    func write(_ packet: Packet) throws(FFmpegFailure) {
        let clock = stream.pointee.time_base
        let nextStart = packet.pointer.pointee.pts + packet.pointer.pointee.duration
        let end = av_rescale_q(nextStart, encoderClock, clock)
        av_packet_rescale_ts(packet.pointer, encoderClock, clock)
        // Rounded as the next frame's start will be, so that no error adds up.
        packet.pointer.pointee.duration = end - packet.pointer.pointee.pts
        // Only GIF has this option; without it the last frame lasts as long as the one before it.
        av_opt_set_int(context, "final_delay", packet.pointer.pointee.duration, AV_OPT_SEARCH_CHILDREN)
        packet.pointer.pointee.stream_index = stream.pointee.index
        try check(av_write_frame(context, packet.pointer))
        try checkFile()
    }

    /// Writes the index and closes the file.
    func finish() throws(FFmpegFailure) {
        owesTrailer = false
        try check(av_write_trailer(context))
        avio_flush(context.pointee.pb)
        try checkFile()
        try check(avio_closep(&context.pointee.pb))
    }

    /// A write that failed is not reported by the call that caused it, but kept here.
    private func checkFile() throws(FFmpegFailure) {
        if let file = context.pointee.pb { try check(file.pointee.error) }
    }
}
