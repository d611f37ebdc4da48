/// The recipe in a GIF: a comment extension, which FFmpeg reads but does not write.
///
/// - Source: CompuServe, "Graphics Interchange Format, Version 89a", sections 15 to 24
enum GIFComment {
    private static let extensionIntroducer: UInt8 = 0x21
    private static let commentLabel: UInt8 = 0xFE

    /// The first packet of the encoder, which starts with the file header, with a comment behind that header.
    static func inserting(_ comment: String, after packet: [UInt8]) -> [UInt8] {
        guard let header = headerLength(of: packet) else { return packet }
        return packet[..<header] + block(comment) + packet[header...]
    }

    private static func block(_ comment: String) -> [UInt8] {
        var block = [extensionIntroducer, commentLabel]
        var rest = Array(comment.utf8)[...]
        while !rest.isEmpty {
            let part = rest.prefix(255)
            block += [UInt8(part.count)] + part
            rest = rest.dropFirst(part.count)
        }
        return block + [0]
    }

    /// Six bytes of name, seven of screen size, and the colours of the global palette.
    private static func headerLength(of file: [UInt8]) -> Int? {
        guard file.count >= 13 else { return nil }
        let flags = file[10]
        let length = flags & 0x80 == 0 ? 13 : 13 + 3 << (Int(flags & 7) + 1)
        return length <= file.count ? length : nil
    }
}
