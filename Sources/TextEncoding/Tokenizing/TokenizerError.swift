import Foundation

/// What is wrong with the files of a tokenizer; the first value is the path of the file.
package enum TokenizerError: Error, Equatable, Sendable {
    case missingModel(String)
    case notSentencePiece(String, reason: String)
    case noEnd(String, piece: String)
    case unsupportedSettings(String, found: String)
    case cannotEncode(String, reason: String)
}

extension TokenizerError: CustomStringConvertible, LocalizedError {
    package var description: String {
        switch self {
        case .missingModel(let file):
            "\(file): there is no such file. The tokenizer of a model is its 'spiece.model'; "
                + "copy it there from the folder 'tokenizer' of the published model."
        case .notSentencePiece(let file, let reason):
            "\(file): this is no SentencePiece model (\(reason)). Copy 'spiece.model' again from the "
                + "published model; a file of a few lines that begins with "
                + "'version https://git-lfs' is only a pointer to it."
        case .noEnd(let file, let piece):
            "\(file): the model has no piece '\(piece)' that ends a prompt, as the tokenizer of T5 and UMT5 "
                + "has. Take the 'spiece.model' that belongs to the text encoder."
        case .unsupportedSettings(let file, let found):
            "\(file): \(found) is not supported; Zoetrope reads the tokenizers of T5 and UMT5. Remove the "
                + "file to use the settings of T5, or take the tokenizer that belongs to the text encoder."
        case .cannotEncode(let file, let reason):
            "\(file): the model cannot encode this prompt (\(reason)). Copy 'spiece.model' again from the "
                + "published model."
        }
    }

    package var errorDescription: String? { description }
}
