/// Undoes mojibake: text in UTF-8 that was read in another encoding, even more than once or in part.
///
/// - Source: ftfy 6.3.1 `__init__.py`, `fix_encoding` and `_fix_encoding_one_step_and_explain`; Apache-2.0
func fixEncoding(_ text: String) -> String {
    var text = text
    while true {
        let before = text
        text = repairOnce(text)
        if text.hasSameScalars(as: before) { return text }
    }
}

private func repairOnce(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 < 0x80 }) || !looksLikeMojibake(text) { return text }
    for encoding in SingleByteEncoding.all {
        if let bytes = encoding.encode(text), let decoded = decodeUTF8(bytes, readAs: encoding) {
            return decoded
        }
    }
    let inPart = repairEmbedded(text)
    if !inPart.hasSameScalars(as: text) { return inPart }
    // What remains may be Windows-1252 that was read as Latin-1, in whole or in part.
    return fixC1Controls(text)
}

/// The text of bytes that are UTF-8 but for what reading them in `encoding` may have done to them; nil when
/// they are not.
private func decodeUTF8(_ bytes: [UInt8], readAs encoding: SingleByteEncoding) -> String? {
    var bytes = bytes
    if encoding.kind != .macRoman { bytes = restoreNoBreakSpaces(bytes) }
    if encoding.kind == .sloppy { bytes = replaceLostBytes(bytes) }
    if bytes.contains(0xED) || bytes.contains(0xC0) { bytes = standardUTF8(bytes) }
    return String(validating: bytes, as: UTF8.self)
}

/// Text with those parts repaired that alone look like mojibake.
private func repairEmbedded(_ text: String) -> String {
    let length = text.unicodeScalars.count
    return embeddedUTF8.replacing(in: text) { part in
        part.unicodeScalars.count < length && looksLikeMojibake(part) ? fixEncoding(part) : part
    }
}

// MARK: - Bytes that were changed on their way

/// The byte A0 where a space stands in its place inside a character.
///
/// "à" (C3 A0) often loses its A0 in this way; between words the space is kept as well, but for Portuguese
/// contractions.
///
/// - Source: ftfy 6.3.1 `fixes.py`, `restore_byte_a0`; Apache-2.0
private func restoreNoBreakSpaces(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.contains(0x20) else { return bytes }
    let text = byteText(bytes)
    guard characterWithSpace.matches(in: text) else { return bytes }
    let separated = wordOfOneLetter.replacing(in: text) { _ in "\u{C3}\u{A0} " }
    return byteValues(
        characterWithSpace.replacing(in: separated) { match in
            match.replacingScalars { $0 == " " ? "\u{A0}" : nil }
        })
}

private let wordOfOneLetter = Pattern(#"\xC3 (?! |quele|quela|quilo|s )"#)
private let characterWithSpace = Pattern(
    [
        #"[\xC2\xC3\xC5\xCE\xD0\xD9][ ]"#,
        #"[\xE2\xE3][ ][\x80-\x84\x86-\x9F\xA1-\xBF]"#,
        #"[\xE0-\xE3][\x80-\x84\x86-\x9F\xA1-\xBF][ ]"#,
        #"\xF0[ ][\x80-\xBF][\x80-\xBF]"#,
        #"\xF0[\x80-\xBF][ ][\x80-\xBF]"#,
        #"\xF0[\x80-\xBF][\x80-\xBF][ ]"#,
    ].joined(separator: "|"))

/// U+FFFD in UTF-8 for characters of which a byte was lost, shown by the byte 1A or by "?".
///
/// - Source: ftfy 6.3.1 `fixes.py`, `replace_lossy_sequences`; Apache-2.0
private func replaceLostBytes(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.contains(0x1A) || bytes.contains(UInt8(ascii: "?")) else { return bytes }
    return byteValues(characterWithLostByte.replacing(in: byteText(bytes)) { _ in "\u{EF}\u{BF}\u{BD}" })
}

private let characterWithLostByte = Pattern(
    [
        #"[\xC2-\xDF]\x1A"#,
        #"[\xC2-\xC3][?]"#,
        #"\xED[\xA0-\xAF][\x1A?]\xED[\xB0-\xBF][\x1A?\x80-\xBF]"#,
        #"\xED[\xA0-\xAF][\x1A?\x80-\xBF]\xED[\xB0-\xBF][\x1A?]"#,
        #"[\xE0-\xEF][\x1A?][\x1A\x80-\xBF]"#,
        #"[\xE0-\xEF][\x1A\x80-\xBF][\x1A?]"#,
        #"[\xF0-\xF4][\x1A?][\x1A\x80-\xBF][\x1A\x80-\xBF]"#,
        #"[\xF0-\xF4][\x1A\x80-\xBF][\x1A?][\x1A\x80-\xBF]"#,
        #"[\xF0-\xF4][\x1A\x80-\xBF][\x1A\x80-\xBF][\x1A?]"#,
        #"\x1A"#,
    ].joined(separator: "|"))

/// UTF-8 for CESU-8 (surrogate pairs of three bytes each) and for Java's two bytes of U+0000.
///
/// - Source: ftfy 6.3.1 `bad_codecs/utf8_variants.py`; Apache-2.0
private func standardUTF8(_ bytes: [UInt8]) -> [UInt8] {
    byteValues(
        variantCharacter.replacing(in: byteText(bytes)) { match in
            let part = byteValues(match).map(UInt32.init)
            guard part.count == 6 else { return "\0" }
            let high = (part[1] & 0x0F) << 16 | (part[2] & 0x3F) << 10
            let code = 0x10000 + high + ((part[4] & 0x0F) << 6 | part[5] & 0x3F)
            return byteText(Unicode.Scalar(code).map { Array(String($0).utf8) } ?? [])
        })
}

private let variantCharacter = Pattern(#"\xC0\x80|\xED[\xA0-\xAF][\x80-\xBF]\xED[\xB0-\xBF][\x80-\xBF]"#)

/// Bytes as scalars 0 to FF, so that patterns can match them.
private func byteText(_ bytes: [UInt8]) -> String {
    String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
}

private func byteValues(_ text: String) -> [UInt8] {
    text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
}
