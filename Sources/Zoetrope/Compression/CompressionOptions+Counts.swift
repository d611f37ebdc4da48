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
        func line(
            _ name: String, _ text: String, _ steps: IndexRange, _ verb: String,
            _ counts: (TokenGrid) -> [Int]
        ) -> String {
            let used = grids.enumerated().filter { steps.contains($0.offset) }.map(\.element)
            let (found, all) = (used.flatMap(counts), used.map(\.tokens))
            return "\(name) \(text): \(verb) \(Self.span(found)) of \(Self.span(all)) tokens"
        }
        return [
            merge.map { merge in
                line("merging", merge.description, merge.steps, "blocks work on") {
                    [merge.merging.tokens(afterMerging: $0)]
                }
            },
            poolKeys.map { pool in
                line("pooled keys", pool.description, pool.steps, "each token meets") {
                    [pool.pooling.keys(afterPooling: $0)]
                }
            },
            attentionWindow.map { window in
                line("attention window", window.description, window.steps, "each token meets") {
                    let seen = window.window.keysSeen(in: $0)
                    return [seen.lowerBound, seen.upperBound]
                }
            },
        ].compactMap { $0 }
    }

    private static func span(_ counts: [Int]) -> String {
        let (fewest, most) = (counts.min() ?? 0, counts.max() ?? 0)
        return fewest == most ? "\(most)" : "\(fewest) to \(most)"
    }
}
