import Foundation
import TestSupport
import Testing
import TextEncoding

struct TokenizerErrorTests {
    /// The message for a folder of these files, without the folder's path.
    private func message(for files: [String: Data]) throws -> String {
        let directory = TemporaryDirectory()
        for (name, data) in files { try data.write(to: directory[name]) }
        do {
            _ = try PromptTokenizer(directory: directory.url)
            return "no error"
        } catch {
            return "\(error)".replacingOccurrences(of: directory.url.path + "/", with: "")
        }
    }

    private var model: Data {
        get throws { try Data(contentsOf: Goldens.url("tokenizer/spiece.model")) }
    }

    @Test func namesAMissingModel() throws {
        #expect(
            try message(for: [:])
                == "spiece.model: there is no such file. The tokenizer of a model is its 'spiece.model'; "
                + "copy it there from the folder 'tokenizer' of the published model.")
    }

    @Test(arguments: ["", "version https://git-lfs.github.com/spec/v1\n", "\u{0}\u{1}\u{2}"])
    func namesWhatIsNoModel(content: String) throws {
        let text = try message(for: ["spiece.model": Data(content.utf8)])
        #expect(text.hasPrefix("spiece.model: this is no SentencePiece model ("))
        #expect(
            text.hasSuffix(
                "). Copy 'spiece.model' again from the published model; a file of a few lines that begins "
                    + "with 'version https://git-lfs' is only a pointer to it."))
    }

    @Test func namesWhatTheModelLacks() {
        #expect(
            TokenizerError.noEnd("spiece.model", piece: "</s>").description
                == "spiece.model: the model has no piece '</s>' that ends a prompt, as the tokenizer of T5 "
                + "and UMT5 has. Take the 'spiece.model' that belongs to the text encoder.")
        #expect(
            TokenizerError.cannotEncode("spiece.model", reason: "why").description
                == "spiece.model: the model cannot encode this prompt (why). Copy 'spiece.model' again from "
                + "the published model.")
    }

    @Test func namesSettingsThatCannotBeRead() throws {
        for name in ["tokenizer_config.json", "tokenizer.json"] {
            let text = try message(for: ["spiece.model": model, name: Data("{".utf8)])
            #expect(text.hasPrefix("\(name): byte 1 of its JSON is the end"))
        }
    }

    @Test func namesSentinelsThatCannotBe() throws {
        let config = Data(#"{"extra_ids": -1}"#.utf8)
        let text = try message(for: ["spiece.model": model, "tokenizer_config.json": config])
        #expect(text.hasPrefix("tokenizer_config.json: an 'extra_ids' of -1 is not supported; "))
    }

    @Test(arguments: [
        (#"{"model": {"type": "BPE"}, "added_tokens": []}"#, "a model of type 'BPE'"),
        (#"{"model": {"type": "Unigram"}, "added_tokens": []}"#, "a tokenizer without the stage 'Metaspace'"),
        (
            #"""
            {"model": {"type": "Unigram"}, "added_tokens": [],
             "pre_tokenizer": {"type": "Metaspace", "prepend_scheme": "never"}}
            """#, "a prompt without a space before it"
        ),
    ])
    func namesAnotherKindOfTokenizer(settings: String, found: String) throws {
        #expect(
            try message(for: ["spiece.model": model, "tokenizer.json": Data(settings.utf8)])
                == "tokenizer.json: \(found) is not supported; Zoetrope reads the tokenizers of T5 and UMT5. "
                + "Remove the file to use the settings of T5, or take the tokenizer that belongs to the text "
                + "encoder.")
    }
}
