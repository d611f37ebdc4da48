import CFFmpeg

/// How one format is encoded. One thread everywhere: with more, the bytes would follow the machine's core
/// count.
struct EncoderSettings: Sendable {
    /// Name of the encoder in libavcodec.
    let encoder: String
    /// Name of the container in libavformat; `nil` when the packets are files of their own.
    let container: String?
    let pixelFormat: AVPixelFormat
    let encoderOptions: [(name: String, value: String)]
    let containerOptions: [(name: String, value: String)]
    /// Frames per second that the container's clock and the players keep apart.
    let highestRate: Int

    /// Whether colour is stored at half resolution, which needs an even width and height.
    var halvesColor: Bool { pixelFormat == AV_PIX_FMT_YUV420P }
}

extension EncoderSettings {
    init(_ format: VideoFormat) {
        switch format {
        case .mp4: self = .mp4
        case .webm: self = .webm
        case .gif: self = .gif
        case .png: self = .png
        }
    }

    /// x264 picks some algorithms by CPU unless it is told not to. `faststart` puts the index before the
    /// pictures, so that a clip plays while it loads.
    private static let mp4 = EncoderSettings(
        encoder: "libx264", container: "mp4", pixelFormat: AV_PIX_FMT_YUV420P,
        encoderOptions: [
            ("preset", "medium"), ("crf", "18"), ("x264-params", "cpu-independent=1"),
        ],
        containerOptions: [("movflags", "+faststart")], highestRate: 1000)

    /// `b` 0 makes `crf` the only measure of quality.
    private static let webm = EncoderSettings(
        encoder: "libvpx-vp9", container: "webm", pixelFormat: AV_PIX_FMT_YUV420P,
        encoderOptions: [
            ("deadline", "good"), ("cpu-used", "2"), ("crf", "18"), ("b", "0"), ("row-mt", "0"),
        ],
        containerOptions: [], highestRate: 1000)

    /// Browsers show a frame of less than 2 hundredths of a second for 10 of them, so more than 50 a second
    /// crawl.
    private static let gif = EncoderSettings(
        encoder: "gif", container: "gif", pixelFormat: AV_PIX_FMT_PAL8,
        encoderOptions: [], containerOptions: [("loop", "0")], highestRate: 50)

    private static let png = EncoderSettings(
        encoder: "png", container: nil, pixelFormat: AV_PIX_FMT_RGB24,
        encoderOptions: [("pred", "mixed")], containerOptions: [], highestRate: 1000)
}

extension VideoFormat {
    /// Asks the FFmpeg libraries that the program runs with for an encoder.
    ///
    /// - Throws: ``VideoError/missingEncoder(name:format:possible:)``
    package func requireEncoder(named name: String) throws(VideoError) {
        guard avcodec_find_encoder_by_name(name) == nil else { return }
        let possible = VideoFormat.allCases.filter { other in
            other != self && avcodec_find_encoder_by_name(EncoderSettings(other).encoder) != nil
        }
        throw .missingEncoder(name: name, format: self, possible: possible)
    }
}
