import Foundation

/// Repairs what goes wrong with text on its way: encodings mixed up, HTML references, typographic forms of
/// plain letters.
///
/// A port of ftfy's `fix_text` with its default settings, complete but for these:
/// - surrogates on their own (`fix_surrogates`): a Swift string cannot hold one;
/// - lines longer than a million characters, which ftfy cuts (`max_decode_length`).
///
/// Characters are classed by the Unicode version of the Swift library, which may know more of them than
/// ftfy's Python.
///
/// - Source: ftfy 6.3.1 `__init__.py`, `fix_text` and `fix_and_explain`; by Robyn Speer,
///   Apache-2.0
package func fixText(_ text: String) -> String {
    var resolvesEntities = true
    return linesWithTheirBreaks(text).map { line in
        // From the first '<' on the text may be HTML, whose references mean what they say.
        if line.unicodeScalars.contains("<") { resolvesEntities = false }
        return fixLine(line, resolvesEntities: resolvesEntities)
    }.joined()
}

/// One line, until there is nothing left to fix.
private func fixLine(_ line: String, resolvesEntities: Bool) -> String {
    var text = line
    while true {
        let before = text
        if resolvesEntities { text = resolvingEntities(text) }
        text = fixEncoding(text)
        text = fixC1Controls(text)
        text = separatingLigatures(text)
        text = fixingCharacterWidth(text)
        text = uncurlingQuotes(text)
        text = fixingLineBreaks(text)
        text = removingTerminalEscapes(text)
        text = removingControls(text)
        text = text.precomposedStringWithCanonicalMapping
        if text.hasSameScalars(as: before) { return text }
    }
}

private func linesWithTheirBreaks(_ text: String) -> [String] {
    var lines: [String] = []
    var line = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        line.append(scalar)
        if scalar == "\n" {
            lines.append(String(line))
            line = String.UnicodeScalarView()
        }
    }
    return line.isEmpty ? lines : lines + [String(line)]
}

extension String {
    /// `==` takes "é" written with one or with two scalars as the same; this does not.
    func hasSameScalars(as other: String) -> Bool { unicodeScalars.elementsEqual(other.unicodeScalars) }

    /// Each scalar that `replacement` has something for replaced by it.
    func replacingScalars(_ replacement: (Unicode.Scalar) -> String?) -> String {
        var result = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            if let text = replacement(scalar) {
                result.append(contentsOf: text.unicodeScalars)
            } else {
                result.append(scalar)
            }
        }
        return String(result)
    }
}
