import Testing

@testable import TextEncoding

struct PromptCleaningTests {
    @Test func thereAreEnoughGoldens() { #expect(TokenizerGolden.all.count >= 600) }

    @Test func cleansAsDiffusersDoes() {
        let mismatches = TokenizerGolden.all.compactMap { golden -> Mismatch? in
            let found = cleanedPrompt(golden.prompt)
            guard !found.hasSameScalars(as: golden.cleaned) else { return nil }
            return Mismatch(prompt: golden.prompt, found: found, expected: golden.cleaned)
        }
        #expect(mismatches.isEmpty, "\(mismatches.count) prompts: \(mismatches.prefix(20))")
    }

    @Test(arguments: [
        ("P&EACUTE;REZ &nTILDE; &SZLIG;", "PÉREZ &nTILDE; SS"),
        ("this&not that &not; &notit;", "this&not that ¬ &notit;"),
        ("&#x3b; &#65; &#xD800; &#1;", "&#x3b; A \u{FFFD} "), ("&fjlig; &NotEqualTilde;", "fj ≂̸"),
    ])
    func resolvesClosedEntities(text: String, expected: String) {
        #expect(resolvingEntities(text).hasSameScalars(as: expected))
    }

    @Test(arguments: [
        ("&lt &ltimes; &notit; &amp", "< ⋉ ¬it; &"),
        ("&#128; &#x110000; &#9999999999; &#xFDD0;", "€ \u{FFFD} \u{FFFD} "),
        ("&; &#; &#x; &unknown;", "&; &#; &#x; &unknown;"), ("&amp;lt;", "&lt;"),
        ("&\u{212A}fr;", "&\u{212A}fr;"),
    ])
    func unescapesAsBrowsersDo(text: String, expected: String) {
        #expect(unescapingHTML(text).hasSameScalars(as: expected))
    }

    @Test(arguments: [
        ("sÃ³ e nÃ£o", "só e não"), ("voilÃ le travail", "voilà le travail"), ("Ã¢â‚¬â„¢", "’"),
        ("â€œ like this â€�", "“ like this �"), ("ðŸ˜€ cat", "😀 cat"), ("naïve café", "naïve café"),
        ("í\u{A0}½í¸\u{80} é", "😀 é"), ("l’Ã©tÃ© — ça", "l’été — ça"), ("it\u{92}s", "it’s"),
    ])
    func repairsMojibake(text: String, expected: String) { #expect(fixEncoding(text) == expected) }

    @Test func htmlBelowATagKeepsItsReferences() {
        #expect(fixText("&eacute;\n<b>\n&eacute;") == "é\n<b>\n&eacute;")
    }
}
