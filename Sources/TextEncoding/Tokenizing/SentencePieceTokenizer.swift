internal import CSentencePiece
package import Foundation

/// A SentencePiece model: the pieces that text is cut into, and their ids.
///
/// Encoding does not change the model, so threads may share it.
package final class SentencePieceTokenizer: @unchecked Sendable {
    private let model: OpaquePointer
    private let path: String

    /// Reads `spiece.model`.
    ///
    /// - Throws: ``TokenizerError`` when the file is missing or is no SentencePiece model
    package init(file: URL) throws {
        path = file.path
        guard FileManager.default.isReadableFile(atPath: path) else {
            throw TokenizerError.missingModel(path)
        }
        var reason = [CChar](repeating: 0, count: 512)
        guard let model = sentencepiece_open(path, &reason, reason.count) else {
            throw TokenizerError.notSentencePiece(path, reason: text(of: reason))
        }
        self.model = model
    }

    deinit { sentencepiece_close(model) }

    /// Number of pieces; their ids are 0 up to this.
    package var count: Int { Int(sentencepiece_piece_count(model)) }

    /// Id that stands for what the model does not know; nil when it knows every text.
    package var unknownID: Int32? {
        let id = sentencepiece_unknown_id(model)
        return id < 0 ? nil : id
    }

    /// Id of the piece of exactly this text.
    package func id(of piece: String) -> Int32? {
        let id = sentencepiece_piece_id(model, piece)
        return id < 0 ? nil : id
    }

    /// Text of a piece, "▁" for a space before it.
    package func piece(_ id: Int32) -> String? { sentencepiece_piece(model, id).map { String(cString: $0) } }

    /// Whether the piece stands for one byte of what the model does not know.
    package func isByte(_ id: Int32) -> Bool { sentencepiece_is_byte(model, id) }

    /// Whether the piece is a mark, such as the end, that no text encodes to.
    package func isControl(_ id: Int32) -> Bool { sentencepiece_is_control(model, id) }

    /// One piece of an encoded text.
    package struct Piece: Equatable, Sendable {
        package let id: Int32
        /// Byte of the text's UTF-8 at which the piece begins.
        package let start: Int
    }

    /// Cuts text into the pieces that are likeliest together; the model normalizes it first.
    ///
    /// - Throws: ``TokenizerError/cannotEncode(_:reason:)``
    package func encode(_ text: String) throws -> [Piece] {
        var pieces: [Piece] = []
        var reason = [CChar](repeating: 0, count: 512)
        let isEncoded = withUnsafeMutablePointer(to: &pieces) { pieces in
            text.withCString { bytes in
                sentencepiece_encode(
                    model, bytes, text.utf8.count, pieces,
                    { context, id, start in
                        let pieces = context?.assumingMemoryBound(to: [Piece].self)
                        pieces?.pointee.append(Piece(id: id, start: Int(start)))
                    }, &reason, reason.count)
            }
        }
        guard isEncoded else {
            throw TokenizerError.cannotEncode(path, reason: TextEncoding.text(of: reason))
        }
        return pieces
    }
}

private func text(of characters: [CChar]) -> String {
    String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
