/// The prompt as Wan's pipelines clean it before it is tokenized.
///
/// Repairs broken text (``fixText(_:)``), resolves HTML references twice, and turns each run of white space
/// into one space, with none at the ends.
///
/// - Source: diffusers 0.42.1 `pipelines/wan/pipeline_wan.py`, `prompt_clean`; the same as Wan2.1
///   `wan/modules/tokenizers.py`, `HuggingfaceTokenizer._clean` with `clean="whitespace"`, commit 9737cba
package func cleanedPrompt(_ prompt: String) -> String {
    collapsingSpace(unescapingHTML(unescapingHTML(fixText(prompt))))
}

/// Words with one space between them.
func collapsingSpace(_ text: String) -> String {
    text.unicodeScalars.split(whereSeparator: \.isPythonSpace).map { String($0) }.joined(separator: " ")
}

extension Unicode.Scalar {
    /// White space to Python's `str.strip` and to `\s` of its regular expressions.
    ///
    /// Unicode's `White_Space` and the four separators of ASCII; neither U+200B nor U+FEFF.
    var isPythonSpace: Bool { properties.isWhitespace || (0x1C...0x1F).contains(value) }
}
