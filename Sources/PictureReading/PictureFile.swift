internal import CFFmpeg
import Foundation
internal import Pictures

/// A file with a picture: its bytes, and what the first of them say it is. Its name is not asked.
struct PictureFile {
    let path: String
    let bytes: [UInt8]
    let codec: AVCodecID

    /// Larger than any picture of the size that is decoded.
    static let mostBytes = 512 << 20

    /// - Throws: ``PictureError``
    init(_ path: String) throws(PictureError) {
        self.path = path
        try Self.check(path)
        do {
            bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            throw .cannotRead(path: path, reason: error.localizedDescription)
        }
        guard let codec = Self.codec(of: bytes) else { throw .notAPicture(path: path) }
        self.codec = codec
    }

    /// Before anything is read: devices may never end, and files may be larger than memory.
    private static func check(_ path: String) throws(PictureError) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw .cannotRead(path: path, reason: systemReason(errno))
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path: path) }
        guard status.st_size > 0 else { throw .empty(path: path) }
        guard status.st_size <= mostBytes else {
            throw .tooManyBytes(path: path, found: Int(status.st_size), most: mostBytes)
        }
    }

    private static func codec(of bytes: [UInt8]) -> AVCodecID? {
        func starts(_ text: String) -> Bool { bytes.starts(with: text.utf8) }
        if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return AV_CODEC_ID_PNG }
        if bytes.starts(with: [0xFF, 0xD8, 0xFF]) { return AV_CODEC_ID_MJPEG }
        if starts("RIFF"), bytes.dropFirst(8).starts(with: "WEBP".utf8) { return AV_CODEC_ID_WEBP }
        if starts("GIF87a") || starts("GIF89a") { return AV_CODEC_ID_GIF }
        if starts("II*\0") || starts("MM\0*") { return AV_CODEC_ID_TIFF }
        if starts("BM") { return AV_CODEC_ID_BMP }
        guard starts("P"), bytes.count > 2, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[2]) else { return nil }
        switch bytes[1] {
        case UInt8(ascii: "1"), UInt8(ascii: "4"): return AV_CODEC_ID_PBM
        case UInt8(ascii: "2"), UInt8(ascii: "5"): return AV_CODEC_ID_PGM
        case UInt8(ascii: "3"), UInt8(ascii: "6"): return AV_CODEC_ID_PPM
        default: return nil
        }
    }
}
