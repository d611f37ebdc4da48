import CFFmpeg
internal import Pictures

/// The packets and tags of a container, read through libavformat.
final class Demuxer {
    private let context: UnsafeMutablePointer<AVFormatContext>

    /// - Parameter format: FFmpeg's name of the format, so that no other format is tried and no playlist can
    ///   name other files
    init(_ path: String, as format: String) throws(FFmpegFailure) {
        var opened: UnsafeMutablePointer<AVFormatContext>?
        try check(avformat_open_input(&opened, "file:" + path, av_find_input_format(format), nil))
        guard let context = opened else { throw FFmpegFailure(code: outOfMemory) }
        self.context = context
    }

    deinit {
        var owned: UnsafeMutablePointer<AVFormatContext>? = context
        avformat_close_input(&owned)
    }

    /// The tag "comment" of the file.
    var comment: String? {
        guard let entry = av_dict_get(context.pointee.metadata, "comment", nil, 0) else { return nil }
        return String(validatingCString: entry.pointee.value)
    }

    /// Decodes the first video stream; no frames when there is none.
    func frames() throws(FFmpegFailure) -> [Frame] {
        try check(avformat_find_stream_info(context, nil))
        var codec: UnsafePointer<AVCodec>?
        let index = av_find_best_stream(context, AVMEDIA_TYPE_VIDEO, -1, -1, &codec, 0)
        guard index >= 0, let codec, let stream = context.pointee.streams[Int(index)] else { return [] }
        let decoder = try VideoDecoder(codec, stream: stream.pointee.codecpar)
        let packet = try Packet()
        var frames: [Frame] = []
        while true {
            let result = av_read_frame(context, packet.pointer)
            if result == cffmpeg_end_of_file { break }
            try check(result)
            defer { av_packet_unref(packet.pointer) }
            if packet.pointer.pointee.stream_index == index { try decoder.decode(packet, into: &frames) }
        }
        try decoder.decode(nil, into: &frames)
        let promised = Int(stream.pointee.nb_frames)
        guard frames.count >= promised else { throw FFmpegFailure(code: cffmpeg_end_of_file) }
        return frames
    }
}
