import Foundation
import TestSupport
import Testing
import TextEncoding

struct PromptTokenizerTests {
    @Test func givesTheIDsOfTransformers() throws {
        let tokenizer = try PromptTokenizer(directory: Goldens.url("tokenizer"))
        let mismatches = try TokenizerGolden.all().compactMap { golden -> Mismatch? in
            let found = try tokenizer.tokenize(golden.prompt)
            let dropped = golden.dropped ?? 0
            guard found.ids != golden.ids || found.droppedTokens != dropped else { return nil }
            return Mismatch(prompt: golden.prompt, found: "\(found)", expected: "\(golden.ids) \(dropped)")
        }
        #expect(mismatches.isEmpty, "\(mismatches.count) prompts: \(mismatches.prefix(20))")
    }

    @Test func givesTheIDsOfThePublishedLayout() throws {
        let directory = try folder(["tokenizer.json": golden("tokenizer-without-pieces.json")])
        let tokenizer = try PromptTokenizer(directory: directory.url)
        let mismatches = try TokenizerGolden.all().compactMap { golden -> Mismatch? in
            let found = try tokenizer.tokenize(golden.prompt).ids
            let expected = golden.publishedLayoutIDs ?? golden.ids
            guard found != expected else { return nil }
            return Mismatch(prompt: golden.prompt, found: "\(found)", expected: "\(expected)")
        }
        #expect(mismatches.isEmpty, "\(mismatches.count) prompts: \(mismatches.prefix(20))")
    }

    @Test func saysWhatWasCutOff() throws {
        let tokenizer = try PromptTokenizer(directory: Goldens.url("tokenizer"))
        let words = "the cat walks in the garden"
        let whole = try tokenizer.tokenize(words)
        #expect(whole.droppedTokens == 0 && whole.droppedText.isEmpty && whole.ids.last == 1)
        #expect(whole.warning == nil)
        let cut = try tokenizer.tokenize(words, limit: 3)
        #expect(cut.ids == whole.ids.prefix(2) + [1])
        #expect(cut.droppedTokens == whole.ids.count - 3)
        #expect(cut.droppedText == "walks in the garden")
        #expect(
            cut.warning
                == "The prompt is \(cut.droppedTokens) tokens longer than the 3 that the model reads. "
                + "Its end has no effect: 'walks in the garden'. Shorten the prompt.")
        #expect(try tokenizer.tokenize("猫" + words, limit: 1).droppedText == "猫" + words)
        #expect(try tokenizer.tokenize("the </s> cat", limit: 3).droppedText == "cat")
    }

    @Test func findsTheLongestMarkOfThoseThatBeginTogether() throws {
        let marks = ["7": "<a>", "8": "<a><b>", "9": "<b>"].map { #""\#($0)": {"content": "\#($1)"}"# }
        let config = "{\"added_tokens_decoder\": {\(marks.joined(separator: ","))}}"
        let directory = try folder(["tokenizer_config.json": Data(config.utf8)])
        let tokenizer = try PromptTokenizer(directory: directory.url)
        #expect(try tokenizer.tokenize("<a><b><a> <b></s>").ids == [8, 7, 9, 1, 1])
    }

    @Test func sentinelsFollowThePieces() throws {
        let directory = try folder([:])
        let next = try Int32(SentencePieceTokenizer(file: directory["spiece.model"]).count)
        let text = "<extra_id_0><extra_id_1><extra_id_99>"
        let unset = try PromptTokenizer(directory: directory.url).tokenize(text)
        #expect(unset.ids == [next + 99, next + 98, next, 1])
        try Data(#"{"extra_ids": 300}"#.utf8).write(to: directory["tokenizer_config.json"])
        let set = try PromptTokenizer(directory: directory.url).tokenize(text)
        #expect(set.ids == [next + 299, next + 298, next + 200, 1])
    }

    private func golden(_ name: String) throws -> Data {
        try Data(contentsOf: Goldens.url("tokenizer/" + name))
    }

    /// A tokenizer's folder with the golden model and these settings.
    private func folder(_ settings: [String: Data]) throws -> TemporaryDirectory {
        let directory = TemporaryDirectory()
        try golden("spiece.model").write(to: directory["spiece.model"])
        for (name, data) in settings { try data.write(to: directory[name]) }
        return directory
    }
}
