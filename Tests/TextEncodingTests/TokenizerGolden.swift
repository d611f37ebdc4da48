import Foundation

@testable import TextEncoding

/// The prompts that Scripts/goldens-tokenizer had cleaned and tokenized in Python.
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

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Goldens/tokenizer")

    static let all: [TokenizerGolden] = {
        do {
            let data = try Data(contentsOf: folder.appending(path: "prompts.json"))
            return try JSONDecoder().decode([TokenizerGolden].self, from: data)
        } catch {
            return []
        }
    }()
}

/// Where two lists of prompts first differ, readable in a failed test.
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
