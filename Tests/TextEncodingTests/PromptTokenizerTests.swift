import Foundation
import Testing

@testable import TextEncoding

struct PromptTokenizerTests {
    private let model = TokenizerGolden.folder.appending(path: "spiece.model")

    @Test func givesTheIDsOfTransformers() throws {
        let tokenizer = try PromptTokenizer(directory: TokenizerGolden.folder)
        let mismatches = try TokenizerGolden.all.compactMap { golden -> Mismatch? in
            let found = try tokenizer.tokenize(golden.prompt)
            guard found.ids != golden.ids || found.droppedTokens != golden.dropped ?? 0 else { return nil }
            return Mismatch(
                prompt: golden.prompt, found: "\(found)", expected: "\(golden.ids) \(golden.dropped ?? 0)")
        }
        #expect(mismatches.isEmpty, "\(mismatches.count) prompts: \(mismatches.prefix(20))")
    }

    @Test func givesTheIDsOfThePublishedLayout() throws {
        let file = TokenizerGolden.folder.appending(path: "tokenizer-without-pieces.json")
        let settings = try TokenizerSettings(
            TokenizerFile(Data(contentsOf: file), path: file.path), path: file.path)
        let tokenizer = try PromptTokenizer(
            SentencePieceTokenizer(file: model), settings: settings, path: model.path)
        let mismatches = try TokenizerGolden.all.compactMap { golden -> Mismatch? in
            let found = try tokenizer.tokenize(golden.prompt).ids
            let expected = golden.publishedLayoutIDs ?? golden.ids
            return found == expected
                ? nil : Mismatch(prompt: golden.prompt, found: "\(found)", expected: "\(expected)")
        }
        #expect(mismatches.isEmpty, "\(mismatches.count) prompts: \(mismatches.prefix(20))")
    }

    @Test func saysWhatWasCutOff() throws {
        let tokenizer = try PromptTokenizer(directory: TokenizerGolden.folder)
        let words = "the cat walks in the garden"
        let whole = try tokenizer.tokenize(words)
        #expect(whole.droppedTokens == 0 && whole.droppedText.isEmpty && whole.ids.last == 1)
        let cut = try tokenizer.tokenize(words, limit: 3)
        #expect(cut.ids == whole.ids.prefix(2) + [1])
        #expect(cut.droppedTokens == whole.ids.count - 3)
        #expect(cut.droppedText == "walks in the garden")
        #expect(try tokenizer.tokenize("猫" + words, limit: 1).droppedText == "猫" + words)
        #expect(try tokenizer.tokenize("the </s> cat", limit: 3).droppedText == "cat")
    }

    @Test func findsTheLongestMarkOfThoseThatBeginTogether() {
        let finder = MarkFinder(["<a>": 1, "<a><b>": 2, "<b>": 3])
        #expect(
            finder.parts(of: "é<a><b><a>x<b") == [
                .text("é", start: 0), .mark(2, start: 2), .mark(1, start: 8), .text("x<b", start: 11),
            ])
        #expect(finder.parts(of: "").isEmpty)
    }
}

struct TokenizerErrorTests {
    private func folder(_ files: [String: Data]) throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(path: "zoetrope-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (name, data) in files { try data.write(to: folder.appending(path: name)) }
        return folder
    }

    private var model: Data {
        get throws { try Data(contentsOf: TokenizerGolden.folder.appending(path: "spiece.model")) }
    }

    private func error(of files: [String: Data]) throws -> String {
        let folder = try folder(files)
        defer { try? FileManager.default.removeItem(at: folder) }
        do {
            _ = try PromptTokenizer(directory: folder)
            return ""
        } catch let error as TokenizerError {
            return error.description.replacingOccurrences(of: folder.path + "/", with: "")
        }
    }

    @Test func namesAMissingModel() throws {
        #expect(
            try error(of: [:])
                == "spiece.model: there is no such file. The tokenizer of a model is its 'spiece.model'; copy it there "
                + "from the folder 'tokenizer' of the published model.")
    }

    @Test(arguments: ["", "version https://git-lfs.github.com/spec/v1\n", "\u{0}\u{1}\u{2}"])
    func namesWhatIsNoModel(content: String) throws {
        let text = try error(of: ["spiece.model": Data(content.utf8)])
        #expect(text.hasPrefix("spiece.model: this is no SentencePiece model ("))
        #expect(
            text.hasSuffix(
                "a file of a few lines that begins with 'version https://git-lfs' is only a pointer to it."))
    }

    @Test func namesBadSettings() throws {
        let text = try error(of: ["spiece.model": model, "tokenizer_config.json": Data("{".utf8)])
        #expect(text.hasPrefix("tokenizer_config.json: the settings of the tokenizer cannot be read ("))
        #expect(text.hasSuffix("or remove it: without it the settings of T5 hold."))
    }

    @Test func namesAnotherKindOfTokenizer() throws {
        let settings = #"{"model": {"type": "BPE"}, "added_tokens": []}"#
        #expect(
            try error(of: ["spiece.model": model, "tokenizer.json": Data(settings.utf8)])
                == "tokenizer.json: a model of type 'BPE' is not supported; Zoetrope reads the tokenizers of T5 and "
                + "UMT5. Remove the file to use the settings of T5, or take the tokenizer that belongs to the text "
                + "encoder.")
    }

    @Test func marksComeFromTheConfigOrFollowThePieces() throws {
        let config = #"{"extra_ids": 2, "added_tokens_decoder": {"7": {"content": "<x>"}}}"#
        let folder = try folder(["spiece.model": model, "tokenizer_config.json": Data(config.utf8)])
        defer { try? FileManager.default.removeItem(at: folder) }
        let model = try SentencePieceTokenizer(file: folder.appending(path: "spiece.model"))
        let settings = try TokenizerSettings(directory: folder, model: model)
        let next = Int32(model.count)
        #expect(
            settings.marks == [
                "<pad>": 0, "</s>": 1, "<unk>": 2, "<extra_id_0>": next + 1, "<extra_id_1>": next, "<x>": 7,
            ])
        #expect(settings.unknownID == 2 && !settings.keepsSpaceAtEnd)
    }
}
