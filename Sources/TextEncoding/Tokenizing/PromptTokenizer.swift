package import Foundation

/// A prompt as ids, with what did not fit.
package struct TokenizedPrompt: Equatable, Sendable {
    /// At most as many as there are slots; the last is the end.
    package let ids: [Int32]
    /// How many ids were cut off; 0 when the prompt fits.
    package let droppedTokens: Int
    /// The end of the cleaned prompt that was cut off.
    package let droppedText: String

    /// What to tell the user about what was cut off; nil when the prompt fits.
    package var warning: String? {
        guard droppedTokens > 0 else { return nil }
        return "The prompt is \(droppedTokens) tokens longer than the \(ids.count) that the model reads. "
            + "Its end has no effect: '\(droppedText)'. Shorten the prompt."
    }
}

/// Turns prompts into the ids that Wan's pipelines encode.
///
/// The ids are those of transformers' `T5TokenizerFast`. That is SentencePiece but for marks such as `</s>`,
/// which stand for themselves anywhere in a prompt, for characters without a piece
/// (``TokenizerSettings/unknownID``), and for ``droppingAccentsOfForms(_:)``. Known to differ: a prompt that
/// spells the name of a byte piece, such as `<0x41>`; a compatibility form with accents of 6 bytes or more,
/// such as "ª" with three of them; and, where `tokenizer.json` marks only the first word, a word right after
/// a mark.
package struct PromptTokenizer: Sendable {
    private let model: SentencePieceTokenizer
    private let marks: MarkFinder
    private let settings: TokenizerSettings
    private let end: Int32

    private typealias Piece = SentencePieceTokenizer.Piece

    /// Reads `spiece.model` and, where there are, `tokenizer.json` or `tokenizer_config.json`.
    ///
    /// - Parameter directory: folder `tokenizer` of a model in the layout of diffusers
    /// - Throws: ``TokenizerError``; `CheckpointError` for settings that are no JSON or lack a key
    package init(directory: URL) throws {
        let file = directory.appending(path: "spiece.model")
        let model = try SentencePieceTokenizer(file: file)
        try self.init(model, settings: TokenizerSettings(directory: directory, model: model), path: file.path)
    }

    init(_ model: SentencePieceTokenizer, settings: TokenizerSettings, path: String) throws {
        guard let end = model.id(of: "</s>") else { throw TokenizerError.noEnd(path, piece: "</s>") }
        self.model = model
        self.settings = settings
        self.end = end
        marks = MarkFinder(settings.marks)
    }

    /// Cleans the prompt, cuts it into pieces and puts the end after what fits.
    ///
    /// - Parameters:
    ///   - prompt: any text, also empty
    ///   - limit: ids at most, the end included; at least 1
    /// - Throws: ``TokenizerError/cannotEncode(_:reason:)``
    package func tokenize(_ prompt: String, limit: Int = 512) throws -> TokenizedPrompt {
        precondition(limit >= 1, "a prompt has at least its end")
        let text = droppingAccentsOfForms(cleanedPrompt(prompt))
        let pieces = try pieces(of: text)
        let kept = pieces.prefix(limit - 1).map(\.id) + [end]
        guard pieces.count > limit - 1 else {
            return TokenizedPrompt(ids: kept, droppedTokens: 0, droppedText: "")
        }
        let rest = text.utf8.dropFirst(pieces[limit - 1].start)
        return TokenizedPrompt(
            ids: kept, droppedTokens: pieces.count + 1 - limit,
            droppedText: String(decoding: rest, as: UTF8.self))
    }

    private func pieces(of text: String) throws -> [Piece] {
        var pieces: [Piece] = []
        for part in marks.parts(of: text) {
            switch part {
            case .mark(let id, let start): pieces.append(Piece(id: id, start: start))
            case .text(let text, let start): try encode(text, from: start, into: &pieces)
            }
        }
        return pieces
    }

    /// Word by word, as T5's tokenizer does: each begins with "▁".
    private func encode(_ text: Substring, from start: Int, into pieces: inout [Piece]) throws {
        for word in text.unicodeScalars.split(separator: " ") {
            let position = start + text.utf8.distance(from: text.startIndex, to: word.startIndex)
            var isUnknown = false
            for piece in try model.encode(String(word)) {
                let wasUnknown = isUnknown
                isUnknown = model.isByte(piece.id) || piece.id == model.unknownID
                let id = isUnknown ? settings.unknownID ?? piece.id : piece.id
                if isUnknown && wasUnknown && settings.unknownID != nil { continue }
                pieces.append(Piece(id: id, start: position + piece.start))
            }
        }
        // U+008F is the one character that the model's normalizer removes and cleaning leaves.
        let last = text.unicodeScalars.last { $0 != "\u{8F}" }
        if settings.keepsSpaceAtEnd, let last, let space = model.id(of: "▁"), try isSpace(last) {
            pieces.append(Piece(id: space, start: start + text.utf8.count))
        }
    }

    /// Whether the model takes a character for a space, as it does with U+200B.
    private func isSpace(_ scalar: Unicode.Scalar) throws -> Bool {
        try scalar == " " || model.encode("a\(scalar)a").map(\.id) == model.encode("a a").map(\.id)
    }
}

/// Text in which "ª" with an accent is "ª" alone, and so on with every short cluster that begins with a
/// compatibility form.
///
/// The normalizer of the tokenizers library looks a cluster of less than 6 bytes up as a whole, finds the
/// form at its beginning and puts that in the place of the cluster.
///
/// - Source: tokenizers 0.23.3 `normalizers/precompiled.rs`
func droppingAccentsOfForms(_ text: String) -> String {
    var result = ""
    for character in text {
        let scalars = character.unicodeScalars
        if scalars.count > 1, character.utf8.count < 6, let first = scalars.first, first.isCompatibilityForm {
            result.unicodeScalars.append(first)
        } else {
            result.append(character)
        }
    }
    return result
}

extension Unicode.Scalar {
    /// Whether the model's normalizer has another form for this character.
    fileprivate var isCompatibilityForm: Bool {
        switch value {
        case 0x200C, 0x2581, 0xFFFD: true
        default: !String(self).precomposedStringWithCompatibilityMapping.hasSameScalars(as: String(self))
        }
    }
}
