import Foundation
internal import Tensors

/// What a prompt, and a picture where the model takes one, mean to one transformer: the keys and values that every
/// block looks at. They do not change over the steps, so they are made once a prompt.
package struct PromptMemory: Sendable {
    /// One for each block.
    package let blocks: [BlockMemory]
}

/// The keys and values of one block's cross-attention.
package struct BlockMemory: Sendable {
    let text: KeysAndValues
    /// Of the picture's tokens; nil for models without an image encoder.
    let image: KeysAndValues?
    /// `[1, 1, rows]`, added to the scores of the text's rows; see ``PaddedRows``.
    let textBias: Tensor?
}

/// Both `[rows, C]`.
struct KeysAndValues: Sendable {
    let keys: Tensor
    let values: Tensor
}

/// A context of which the zeros behind a prompt stand in one row.
///
/// A prompt is followed by zeros up to 512 rows, and the model sees them all. Equal rows have equal keys and values,
/// so one row stands for `n` of them when `log n` is added to its scores: `n exp(s) = exp(s + log n)`. That is exact
/// but for rounding, and a prompt of 20 tokens takes 21 rows in place of 512.
struct PaddedRows {
    /// `[rows, text width]`, the last of them zeros where there is a bias.
    let rows: Tensor
    /// `[1, 1, rows]`: 0, and at the end the logarithm of how many rows the last one stands for; nil where each row
    /// stands for itself.
    let bias: Tensor?

    /// - Parameters:
    ///   - text: `[n, text width]`, at least one row
    ///   - slots: rows that the model sees, at least `n`
    init(_ text: Tensor, slots: Int) {
        let (count, width) = (text.shape[0], text.shape[1])
        precondition(count >= 1 && slots >= count, "\(count) rows do not fit \(slots) slots")
        guard slots > count else {
            rows = text
            bias = nil
            return
        }
        rows = Tensor.concatenated([text, Tensor(shape: [1, width])])
        var bias = [Float](repeating: 0, count: count + 1)
        bias[count] = log(Float(slots - count))
        self.bias = Tensor(bias, shape: [1, 1, count + 1])
    }
}
