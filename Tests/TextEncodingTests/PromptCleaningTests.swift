import Testing
import TextEncoding

struct PromptCleaningTests {
    @Test func cleansAsDiffusersDoes() throws {
        let goldens = try TokenizerGolden.all()
        #expect(goldens.count >= 600)
        let mismatches = goldens.compactMap { golden -> Mismatch? in
            let found = cleanedPrompt(golden.prompt)
            guard !haveSameScalars(found, golden.cleaned) else { return nil }
            return Mismatch(prompt: golden.prompt, found: found, expected: golden.cleaned)
        }
        #expect(mismatches.isEmpty, "\(mismatches.count) prompts: \(mismatches.prefix(20))")
    }

    @Test(arguments: [
        ("P&EACUTE;REZ &nTILDE; &SZLIG;", "PÉREZ &nTILDE; SS"), ("this&not that &not;", "this&not that ¬"),
        ("&#x3b; &#65; &#xD800; &#x;", "&#x3b; A \u{FFFD} &#x;"), ("&fjlig; &notit;", "fj &notit;"),
        ("sÃ³ e nÃ£o", "só e não"), ("voilÃ le travail", "voilà le travail"), ("Ã¢â‚¬â„¢", "'"),
        ("â€œ like this â€�", "\" like this �"), ("ðŸ˜€ cat", "😀 cat"), ("naïve café", "naïve café"),
        ("í\u{A0}½í¸\u{80} é", "😀 é"), ("l’Ã©tÃ© — ça", "l'été — ça"), ("it\u{92}s", "it's"),
        ("ﬂuﬃest ＬＯＵＤ　ｶﾞ", "fluffiest LOUD ガ"), ("\u{1B}[31mred\u{1B}[0m\u{FEFF}", "red"),
        ("a\r\nb\rc\u{2028}d", "a\nb\nc\nd"), ("e\u{301}", "\u{E9}"),
        ("&eacute;\n<b>\n&eacute;", "é\n<b>\n&eacute;"),
    ])
    func fixesWhatFtfyFixes(text: String, expected: String) {
        #expect(haveSameScalars(fixText(text), expected), "found \(fixText(text))")
    }

    @Test(arguments: [
        ("&lt &ltimes; &notit; &amp", "< ⋉ ¬it; &"), ("&amp;lt;", "&lt;"),
        ("&\u{212A}fr;", "&\u{212A}fr;"), ("&acE;", "\u{223E}\u{333}"),
        ("&#128; &#x110000; &#9999999999; &#xFDD0;", "€ \u{FFFD} \u{FFFD} "),
        ("&; &#; &#x; &unknown;", "&; &#; &#x; &unknown;"),
    ])
    func unescapesAsBrowsersDo(text: String, expected: String) {
        #expect(haveSameScalars(unescapingHTML(text), expected), "found \(unescapingHTML(text))")
    }
}
