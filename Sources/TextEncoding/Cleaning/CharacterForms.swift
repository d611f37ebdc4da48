import Foundation

// The fixes of single characters, after ftfy 6.3.1 `fixes.py` and `chardata.py` (Apache-2.0).

/// Letters for what only typesetting joins: "ﬁ" becomes "fi"; "æ" and "œ" stay.
func separatingLigatures(_ text: String) -> String { text.replacingScalars { ligatures[$0] } }

private let ligatures: [Unicode.Scalar: String] = [
    "Ĳ": "IJ", "ĳ": "ij", "ŉ": "ʼn", "Ǳ": "DZ", "ǲ": "Dz", "ǳ": "dz", "Ǆ": "DŽ", "ǅ": "Dž", "ǆ": "dž",
    "Ǉ": "LJ",
    "ǈ": "Lj", "ǉ": "lj", "Ǌ": "NJ", "ǋ": "Nj", "ǌ": "nj", "ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi",
    "ﬄ": "ffl",
    "ﬅ": "ſt", "ﬆ": "st",
]

/// Letters of ordinary width for full-width Latin and half-width Katakana and Hangul; a space for U+3000.
func fixingCharacterWidth(_ text: String) -> String {
    text.replacingScalars { scalar in
        switch scalar.value {
        case 0x3000: " "
        case 0xFF01...0xFFEF: String(scalar).precomposedStringWithCompatibilityMapping
        default: nil
        }
    }
}

/// Straight quotes for curly ones.
func uncurlingQuotes(_ text: String) -> String {
    text.replacingScalars { scalar in
        switch scalar.value {
        case 0x02BC, 0x2018...0x201B: "'"
        case 0x201C...0x201F: "\""
        default: nil
        }
    }
}

/// `\n` for every kind of line break.
func fixingLineBreaks(_ text: String) -> String {
    var previous: Unicode.Scalar?
    return text.replacingScalars { scalar in
        defer { previous = scalar }
        return switch scalar {
        case "\n" where previous == "\r": ""
        case "\r", "\u{2028}", "\u{2029}", "\u{85}": "\n"
        default: nil
        }
    }
}

/// The text without the codes that colour a terminal.
func removingTerminalEscapes(_ text: String) -> String { terminalEscape.replacing(in: text) { _ in "" } }

private let terminalEscape = Pattern(#"\x1B\[[\d;]*[a-zA-Z]"#)

/// The text without characters that do nothing; those that are white space, join letters or set their
/// direction stay.
func removingControls(_ text: String) -> String {
    text.replacingScalars { scalar in
        switch scalar.value {
        case 0x00...0x08, 0x0B, 0x0E...0x1F, 0x7F, 0x206A...0x206F, 0xFEFF, 0xFFF9...0xFFFC: ""
        default: nil
        }
    }
}

/// What Windows-1252 has in the place of C1 controls, as browsers read them.
func fixC1Controls(_ text: String) -> String {
    text.replacingScalars { (0x80...0x9F).contains($0.value) ? windows1252Character($0.value) : nil }
}

/// Character of a byte from 80 on in Windows-1252; a byte without one is its own control character.
func windows1252Character(_ byte: UInt32) -> String {
    String(SingleByteEncoding.windows1252.upperHalf[Int(byte) - 0x80])
}
