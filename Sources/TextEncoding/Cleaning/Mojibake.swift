// Signs of mojibake: text in UTF-8 that was read in another encoding.
//
// After ftfy 6.3.1 `badness.py` and `chardata.py` (Apache-2.0), rule by rule.

/// Whether a text has neighbours that hardly occur unless it was decoded wrongly.
func looksLikeMojibake(_ text: String) -> Bool { unlikelyNeighbours.matches(in: text) }

/// Runs of what looks like UTF-8 read in another encoding, inside a text that is otherwise right.
let embeddedUTF8 = Pattern(
    "(?<![\(MojibakeClass.utf8ContinuationStrict)])(?:[\(MojibakeClass.utf8FirstOf2)]\(continuation)"
        + "|[\(MojibakeClass.utf8FirstOf3)]\(continuation){2}"
        + "|[\(MojibakeClass.utf8FirstOf4)]\(continuation){3})++"
)

private let continuation = "[\(MojibakeClass.utf8Continuation)]"
private let unlikelyNeighbours = Pattern((rulesByClass + rulesByEncoding).joined(separator: "|"))

private let rulesByClass: [String] = {
    typealias Class = MojibakeClass
    let (bad, law, currency, numeric, box) = (Class.bad, Class.law, Class.currency, Class.numeric, Class.box)
    let (opening, closing) = (Class.startPunctuation, Class.endPunctuation)
    let (upper, lower, lowerCommon, upperCommon) = (
        Class.upperAccented, Class.lowerAccented, Class.lowerCommon, Class.upperCommon
    )
    return [
        "[\(Class.c1)]",
        "[\(bad)\(lower)\(upper)\(box)\(opening)\(closing)\(currency)\(numeric)\(law)][\(bad)]",
        "[a-zA-Z][\(lowerCommon)\(upperCommon)][\(bad)]",
        "[\(bad)][\(lower)\(upper)\(box)\(opening)\(closing)\(currency)\(numeric)\(law)]",
        "[\(lower)\(lowerCommon)\(box)\(closing)\(currency)\(numeric)][\(upper)]",
        "[\(box)\(closing)\(currency)\(numeric)][\(lower)]",
        "[\(lower)\(box)\(closing)][\(currency)]",
        "\(space)[\(upper)][\(currency)]",
        "[\(upper)\(box)][\(numeric)\(law)]",
        "[\(lower)\(upper)\(box)\(currency)\(closing)][\(opening)][\(numeric)]",
        "[\(lower)\(upper)\(currency)\(numeric)\(box)\(law)][\(closing)][\(opening)]",
        "[\(currency)\(numeric)\(box)][\(opening)]",
        "[a-z][\(upper)][\(opening)\(currency)]",
        "[\(box)][\(Class.kaomoji)]",
        "[\(lower)\(upper)\(currency)\(numeric)\(opening)\(closing)\(law)][\(box)]",
        "[\(box)][\(closing)]",
        "[\(lower)\(upper)][\(opening)\(closing)][\\p{L}\\p{N}_]",
        "[Œœ][^A-Za-z]",
        "[\(upper)]°",
    ]
}()

/// What Python's `\s` matches.
private let space =
    "[\\t-\\r\\x1C-\\x20\\x85\\u00A0\\u1680\\u2000-\\u200A\\u2028\\u2029\\u202F\\u205F\\u3000]"

private let rulesByEncoding: [String] = {
    typealias Class = MojibakeClass
    let (opening, closing) = (Class.startPunctuation, Class.endPunctuation)
    let arabic = "[ØÙ][\(Class.common)\(Class.currency)\(Class.bad)\(Class.numeric)\(opening)ŸŠ®°µ»]"
    let symbol = "\(Class.c1)\(Class.bad)\(opening)\(closing)\(Class.currency)"
    return [
        // Windows-1252
        "[ÂÃÎÐ][€œŠš¢£Ÿž\\u00A0\\u00AD®©°·»\(opening)\(closing)–—´]",
        "×[²³]",
        arabic + arabic,
        "à[²µ¹¼½¾]",
        // MacRoman
        "√[±∂†≠®™´≤≥¥µø]",
        "≈[°¢]",
        "‚Ä[ìîïòôúùû†°¢π]",
        "‚[âó][àä°ê]",
        // Windows-1251
        "вЂ",
        "[ВГРС][\(symbol)°µ][ВГРС]",
        "ГўВЂВ[^\\n][A-Za-z ]",
        // Windows-1252: "à", "á" and the no-break space, and what encodes itself after "Â"
        "Ã[\\u00A0¡]",
        "[a-z]\(space)?[ÃÂ][ ]",
        "^[ÃÂ][ ]",
        "[a-z.,?!\(closing)]Â[ \(opening)\(closing)]",
        // Windows-1253
        "β€[™\\u00A0Ά\\u00AD®°]",
        "[ΒΓΞΟ][\(symbol)°][ΒΓΞΟ]",
        // Windows-1257
        "ā€",
    ]
}()
