internal import Tensors
internal import Transformer

/// What compression makes of the token grids of a run, one grid for each step.
extension CompressionOptions {
    /// Tokens that blocks with merging work on at each step; nil where nothing is merged.
    func mergedTokens(on grids: [TokenGrid]) -> [Int]? {
        merge.map { merge in
            grids.enumerated().map { step, grid in
                merge.steps.contains(step) ? merge.merging.tokens(afterMerging: grid) : grid.tokens
            }
        }
    }

    /// A line for each setting: what it is, and how many tokens blocks see with it.
    func notes(on grids: [TokenGrid]) -> [String] {
        func counts(_ steps: IndexRange, _ found: (TokenGrid) -> [Int]) -> (found: String, all: String) {
            let used = grids.enumerated().filter { steps.contains($0.offset) }.map(\.element)
            return (Self.span(used.flatMap(found)), Self.span(used.map(\.tokens)))
        }
        return [
            merge.map { merge in
                let (found, all) = counts(merge.steps) { [merge.merging.tokens(afterMerging: $0)] }
                return "merging \(merge): blocks work on \(found) of \(all) tokens"
            },
            poolKeys.map { pool in
                let (found, all) = counts(pool.steps) { [pool.pooling.keys(afterPooling: $0)] }
                return "pooled keys \(pool): \(found) keys of \(all) tokens"
            },
            attentionWindow.map { window in
                let (found, all) = counts(window.steps) {
                    [window.window.keysSeen(in: $0).lowerBound, window.window.keysSeen(in: $0).upperBound]
                }
                return "attention window \(window): each token meets \(found) of \(all) tokens"
            },
        ].compactMap { $0 }
    }

    private static func span(_ counts: [Int]) -> String {
        let (fewest, most) = (counts.min() ?? 0, counts.max() ?? 0)
        return fewest == most ? "\(most)" : "\(fewest) to \(most)"
    }
}
