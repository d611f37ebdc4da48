internal import Checkpoints
internal import Kernels
internal import Tensors

/// A row of a table for each id. The table stays in the file; only the rows that are asked for are read.
struct TokenEmbedding: Sendable {
    private let table: StoredTensor  // [vocabulary, C]

    /// Takes `shared.weight` or `encoder.embed_tokens.weight`, which are the same table; published files have
    /// either or both.
    init(_ weights: WeightScope, config: TextEncoderConfig) throws {
        let shape = [config.vocabulary, config.width]
        let twin = weights["encoder.embed_tokens"]
        let hasTwin = twin.contains("weight")
        if hasTwin && !weights.contains("shared.weight") {
            table = try twin.tensor("weight", shape: shape)
        } else {
            table = try weights.tensor("shared.weight", shape: shape)
            if hasTwin { _ = try twin.tensor("weight", shape: shape) }
        }
    }

    /// - Throws: ``TextEncoderError/unknownID(_:vocabulary:)``
    func callAsFunction(_ ids: [Int32]) throws -> Tensor {
        let vocabulary = table.shape[0]
        let rows = try ids.map { id in
            guard (0..<vocabulary).contains(Int(id)) else {
                throw TextEncoderError.unknownID(Int(id), vocabulary: vocabulary)
            }
            return table.widenedRow(Int(id)).reshaped(to: [1, table.shape[1]])
        }
        return Tensor.concatenated(rows)
    }
}
