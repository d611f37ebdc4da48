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
    /// `[1, 1, rows]`, added to the scores of the text's rows; see ``DistinctRows``.
    let textBias: Tensor?
}

/// Both `[rows, C]`.
struct KeysAndValues: Sendable {
    let keys: Tensor
    let values: Tensor
}

/// A context without its repetitions at the end.
///
/// A prompt is followed by zeros up to 512 rows, and the model sees them all. Equal rows have equal keys and values,
/// so one row stands for `n` of them when `log n` is added to its scores: `n exp(s) = exp(s + log n)`. That is exact
/// but for rounding, and a prompt of 20 tokens takes 21 rows in place of 512.
struct DistinctRows {
    /// `[rows, text width]`
    let rows: Tensor
    /// `[1, 1, rows]`: 0, and at the end the logarithm of how many rows the last one stands for; nil where each row
    /// stands for itself.
    let bias: Tensor?

    /// - Parameter context: `[S, text width]`, at least one row
    init(of context: Tensor) {
        let (count, width) = (context.shape[0], context.shape[1])
        let repeated = context.withValues { values in
            let last = values[(count - 1) * width..<count * width]
            let others = (0..<count - 1).reversed().prefix { row in
                values[row * width..<(row + 1) * width].elementsEqual(last)
            }
            return others.count + 1
        }
        guard repeated > 1 else {
            rows = context
            bias = nil
            return
        }
        let kept = count - repeated + 1
        rows = context.rows(0..<kept)
        var bias = [Float](repeating: 0, count: kept)
        bias[kept - 1] = log(Float(repeated))
        self.bias = Tensor(bias, shape: [1, 1, kept])
    }
}
