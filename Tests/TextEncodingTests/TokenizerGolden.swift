import Foundation
import TestSupport

/// The prompts that Scripts/goldens tokenizer had cleaned and tokenized in Python.
struct TokenizerGolden: Decodable {
    let prompt: String
    let cleaned: String
    let ids: [Int32]
    let dropped: Int?
    let publishedLayoutIDs: [Int32]?

    enum CodingKeys: String, CodingKey {
        case prompt, cleaned, ids, dropped
        case publishedLayoutIDs = "published_layout_ids"
    }

    static func all() throws -> [TokenizerGolden] {
        try JSONDecoder().decode(
            [TokenizerGolden].self, from: Data(contentsOf: Goldens.url("tokenizer/prompts.json")))
    }
}

/// A prompt of which something else was made than expected, readable in a failed test.
struct Mismatch: CustomStringConvertible {
    let prompt: String
    let found: String
    let expected: String

    var description: String {
        "\n\(escaped(prompt))\n   found \(escaped(found))\nexpected \(escaped(expected))"
    }

    private func escaped(_ text: String) -> String {
        text.prefix(300).unicodeScalars.map { $0.escaped(asASCII: true) }.joined()
    }
}

/// To `==`, "é" is the same in one scalar and in two; to a tokenizer it is not.
func haveSameScalars(_ first: String, _ second: String) -> Bool {
    first.unicodeScalars.elementsEqual(second.unicodeScalars)
}
