import CFFmpeg
internal import Pictures

/// A clip as one file: converter, encoder and container in a row.
final class VideoStream: FrameSink {
    private let path: String
    private let encoder: VideoEncoder
    private let container: Container
    private let converter: any PictureConverter
    private let packet: Packet
    private var written: Int64 = 0
    /// The comment that the next packet has to carry; only GIF needs it.
    private var pendingComment: String?

    /// - Parameters:
    ///   - partialPath: an empty file, to be written over
    ///   - path: how errors name the clip
    init(
        at partialPath: String, path: String, encoder: VideoEncoder, settings: EncoderSettings, recipe: String
    ) throws(VideoError) {
        self.path = path
        self.encoder = encoder
        let width = Int(encoder.context.pointee.width)
        let height = Int(encoder.context.pointee.height)
        pendingComment = settings.pixelFormat == AV_PIX_FMT_PAL8 ? recipe : nil
        do throws(FFmpegFailure) {
            converter =
                pendingComment == nil
                ? try YUVConverter(width: width, height: height)
                : try PaletteConverter(width: width, height: height)
            packet = try Packet()
            container = try Container(at: partialPath, settings, encoder: encoder, recipe: recipe)
        } catch {
            throw .cannotWrite(path: path, reason: error.reason)
        }
    }

    func write(_ frame: Frame) throws(VideoError) {
        do throws(FFmpegFailure) {
            let picture = try converter.convert(frame)
            picture.pointer.pointee.pts = written
            written += 1
            try encode(picture)
        } catch {
            throw .cannotWrite(path: path, reason: error.reason)
        }
    }

    func finish() throws(VideoError) {
        do throws(FFmpegFailure) {
            try encode(nil)
            try container.finish()
        } catch {
            throw .cannotWrite(path: path, reason: error.reason)
        }
    }

    private func encode(_ picture: Picture?) throws(FFmpegFailure) {
        try encoder.send(picture)
        while try encoder.receive(into: packet) {
            if let comment = pendingComment {
                try packet.replace(with: GIFComment.inserting(comment, after: packet.bytes))
                pendingComment = nil
            }
            try container.write(packet)
        }
    }
}
