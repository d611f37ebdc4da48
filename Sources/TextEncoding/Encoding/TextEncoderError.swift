import Foundation

/// Why a prompt cannot be encoded.
package enum TextEncoderError: Error, Equatable, Sendable {
    case unknownID(Int, vocabulary: Int)
}

extension TextEncoderError: CustomStringConvertible, LocalizedError {
    package var description: String {
        switch self {
        case .unknownID(let id, let vocabulary):
            "The tokenizer gave the id \(id), but the text encoder knows \(vocabulary) ids. "
                + "The two belong to different models; copy 'tokenizer' and 'text_encoder' from the same one."
        }
    }

    package var errorDescription: String? { description }
}
