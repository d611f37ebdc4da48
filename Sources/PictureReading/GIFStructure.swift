/// Walks the blocks of a GIF, whose decoder takes what is missing of a picture for background.
enum GIFStructure {
    /// Whether the first picture is there to its end.
    ///
    /// - Source: GIF89a specification, sections 15 to 24
    static func hasWholePicture(_ bytes: [UInt8]) -> Bool {
        var position = 13
        guard bytes.count > position else { return false }
        position += colors(bytes[10])
        while position < bytes.count {
            switch bytes[position] {
            case 0x21: position = end(ofBlocks: position + 2, in: bytes)  // extension: label, blocks
            case 0x2C:  // picture: place and size, colours, code size, blocks
                guard position + 9 < bytes.count else { return false }
                return end(ofBlocks: position + 11 + colors(bytes[position + 9]), in: bytes) <= bytes.count
            default: return false
            }
        }
        return false
    }

    /// Bytes of the colour table that a flag announces.
    private static func colors(_ flags: UInt8) -> Int { flags & 0x80 == 0 ? 0 : 3 << (Int(flags & 7) + 1) }

    /// Position after the empty block that ends a row of blocks; beyond the end where it is missing.
    private static func end(ofBlocks first: Int, in bytes: [UInt8]) -> Int {
        var position = first
        while position < bytes.count {
            if bytes[position] == 0 { return position + 1 }
            position += Int(bytes[position]) + 1
        }
        return bytes.count + 1
    }
}
