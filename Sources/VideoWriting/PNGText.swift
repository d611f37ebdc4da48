import CFFmpeg

/// The recipe in a PNG: an international text chunk with the keyword "Comment".
///
/// - Source: W3C, "Portable Network Graphics (PNG) Specification (Third Edition)", sections 5.3 and 11.3.3.4
enum PNGText {
    static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    /// Signature and IHDR, which is always the first chunk and always has this length.
    private static let headerLength = 8 + 25
    private static let type = Array("iTXt".utf8)
    /// Keyword, not compressed, method 0, no language, no translated keyword.
    private static let start = Array("Comment".utf8) + [0, 0, 0, 0, 0]

    /// A PNG with the text as its second chunk.
    static func inserting(_ text: String, into file: [UInt8]) -> [UInt8] {
        guard file.count >= headerLength else { return file }
        let content = start + text.utf8
        let body = type + content
        let chunk = bytes(UInt32(content.count)) + body + bytes(checksum(body))
        return file[..<headerLength] + chunk + file[headerLength...]
    }

    /// The text that ``inserting(_:into:)`` put into a file; `nil` when there is none.
    static func find(in file: [UInt8]) -> String? {
        var position = signature.count
        while position + 12 <= file.count {
            let length = file[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
            guard length <= file.count - position - 12 else { return nil }
            let content = file[position + 8..<position + 8 + length]
            if file[position + 4..<position + 8].elementsEqual(type), content.starts(with: start) {
                return String(validating: content.dropFirst(start.count), as: UTF8.self)
            }
            position += 12 + length
        }
        return nil
    }

    private static func bytes(_ value: UInt32) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }

    private static func checksum(_ body: [UInt8]) -> UInt32 {
        ~av_crc(av_crc_get_table(AV_CRC_32_IEEE_LE), ~0, body, body.count)
    }
}
