import CFFmpeg
import Foundation
internal import Pictures

/// A clip as a directory: `frame-0000.png` and so on, and its recipe as `recipe.json`.
final class FrameDirectory: FrameSink {
    static let recipeName = "recipe.json"
    private let directory: String
    private let path: String
    private let recipe: String
    private let encoder: VideoEncoder
    private let converter: RGBConverter
    private let packet: Packet
    private var written = 0

    /// - Parameters:
    ///   - directory: exists and is empty
    ///   - path: how errors name the clip
    init(
        in directory: String, path: String, encoder: VideoEncoder, recipe: String, width: Int, height: Int
    ) throws(VideoError) {
        self.directory = directory
        self.path = path
        self.recipe = recipe
        self.encoder = encoder
        do throws(FFmpegFailure) {
            converter = try RGBConverter(width: width, height: height)
            packet = try Packet()
        } catch {
            throw .cannotWrite(path: path, reason: error.reason)
        }
        try save(Array(recipe.utf8), as: Self.recipeName)
    }

    /// Each frame carries the recipe as well, because pictures get taken out of their directory.
    func write(_ frame: Frame) throws(VideoError) {
        do throws(FFmpegFailure) {
            try encoder.send(converter.convert(frame))
            guard try encoder.receive(into: packet) else { throw FFmpegFailure(code: tryAgain) }
        } catch {
            throw .cannotWrite(path: path, reason: error.reason)
        }
        try save(PNGText.inserting(recipe, into: packet.bytes), as: Self.name(of: written))
        written += 1
    }

    func finish() throws(VideoError) {}

    private func save(_ bytes: [UInt8], as name: String) throws(VideoError) {
        let descriptor = open(directory + "/" + name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw failure() }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count >= 0 || errno == EINTR else { throw failure() }
            rest = rest.dropFirst(max(count, 0))
        }
        guard fsync(descriptor) == 0 else { throw failure() }
    }

    private func failure() -> VideoError { .cannotWrite(path: path, reason: systemReason(errno)) }

    /// The name of a frame: at least four digits.
    static func name(of frame: Int) -> String {
        let digits = String(frame)
        return "frame-" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + ".png"
    }

    /// The number in the name of a frame; `nil` for any other name.
    static func number(in name: String) -> Int? {
        guard let number = Int(name.dropFirst("frame-".count).dropLast(".png".count)) else { return nil }
        return name == self.name(of: number) ? number : nil
    }

    /// Whether a file of this name may be replaced with the directory.
    static func isOurs(_ name: String) -> Bool { name == recipeName || number(in: name) != nil }
}
