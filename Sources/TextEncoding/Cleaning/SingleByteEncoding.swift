/// An encoding of one byte a character in which texts in UTF-8 are often read by mistake.
///
/// - Source: ftfy 6.3.1 `chardata.py` (`CHARMAP_ENCODINGS`) and `bad_codecs/sloppy.py`; Apache-2.0
struct SingleByteEncoding: Sendable {
    enum Kind { case latin1, sloppy, standard, macRoman }

    let kind: Kind
    /// Characters of the bytes 80 to FF.
    let upperHalf: [Unicode.Scalar]
    private let bytes: [Unicode.Scalar: UInt8]

    private init(_ kind: Kind, upperHalf: String) {
        self.kind = kind
        self.upperHalf = Array(upperHalf.unicodeScalars)
        var bytes: [Unicode.Scalar: UInt8] = [:]
        for (index, scalar) in self.upperHalf.enumerated() { bytes[scalar] = UInt8(0x80 + index) }
        for byte in UInt8(0)...0x7F { bytes[Unicode.Scalar(byte)] = byte }
        if kind == .sloppy {
            // Byte 1A stands for a character that was lost.
            bytes["\u{1A}"] = nil
            bytes["\u{FFFD}"] = 0x1A
        }
        self.bytes = bytes
    }

    /// The bytes of a text; nil when it has a character that this encoding has not.
    func encode(_ text: String) -> [UInt8]? {
        var encoded: [UInt8] = []
        for scalar in text.unicodeScalars {
            guard let byte = bytes[scalar] else { return nil }
            encoded.append(byte)
        }
        return encoded
    }

    static let latin1 = SingleByteEncoding(
        .latin1, upperHalf: String(String.UnicodeScalarView((UInt8(0x80)...0xFF).map { Unicode.Scalar($0) })))
    static let windows1252 = SingleByteEncoding(.sloppy, upperHalf: UpperHalf.windows1252)

    /// In the order in which they are tried.
    static let all = [
        latin1, windows1252,
        SingleByteEncoding(.sloppy, upperHalf: UpperHalf.windows1251),
        SingleByteEncoding(.sloppy, upperHalf: UpperHalf.windows1250),
        SingleByteEncoding(.sloppy, upperHalf: UpperHalf.windows1253),
        SingleByteEncoding(.sloppy, upperHalf: UpperHalf.windows1254),
        SingleByteEncoding(.sloppy, upperHalf: UpperHalf.windows1257),
        SingleByteEncoding(.standard, upperHalf: UpperHalf.iso88592),
        SingleByteEncoding(.macRoman, upperHalf: UpperHalf.macroman),
        SingleByteEncoding(.standard, upperHalf: UpperHalf.cp437),
    ]
}
