internal import CKernels
internal import Tensors

/// Which keys the queries of an attention meet, where not all of them: queries and keys lie in tiles, one tile after
/// another, and the queries of a tile meet whole tiles of keys.
///
/// - Source: Zhang et al., "Fast Video Generation with Sliding Tile Attention", arXiv 2502.04507
package struct AttentionReach: Sendable {
    let queryTiles: [Range<Int>]
    /// Each tile of keys, packed from a place of its own.
    let runs: [ckernels_key_run]
    /// Packed keys that the queries of each tile meet.
    let spans: [[ckernels_key_span]]

    /// - Parameters:
    ///   - queryCounts: queries of each tile, at least 1
    ///   - keyCounts: keys of each tile, at least 1
    ///   - seen: for each tile of queries the tiles of keys that they meet, ascending, at least one
    package init(queryCounts: [Int], keyCounts: [Int], seen: [[Int]]) {
        precondition(
            queryCounts.count == seen.count && (queryCounts + keyCounts).allSatisfy { $0 > 0 }
                && seen.allSatisfy { !$0.isEmpty }, "every tile has tokens and meets keys")
        var first = 0
        queryTiles = queryCounts.map { count in
            defer { first += count }
            return first..<first + count
        }
        let runs = Self.runs(keyCounts)
        self.runs = runs
        spans = seen.map { tiles in Self.spans(tiles.map { runs[$0] }) }
    }

    private static func runs(_ counts: [Int]) -> [ckernels_key_run] {
        var (first, place) = (0, 0)
        return counts.map { count in
            defer {
                first += count
                place += roundedUp(count, Attention.block)
            }
            return ckernels_key_run(first: first, count: count, place: place)
        }
    }

    /// Runs that lie next to each other without a gap become one span.
    private static func spans(_ runs: [ckernels_key_run]) -> [ckernels_key_span] {
        var spans: [ckernels_key_span] = []
        for run in runs {
            if let last = spans.last, last.first + last.count == run.place {
                spans[spans.count - 1].count += run.count
            } else {
                spans.append(ckernels_key_span(first: run.place, count: run.count))
            }
        }
        return spans
    }

    var queries: Int { queryTiles.last?.upperBound ?? 0 }
    var keys: Int { runs.last.map { $0.first + $0.count } ?? 0 }
    /// Places of packed keys, gaps included.
    var places: Int { runs.last.map { $0.place + $0.count } ?? 0 }

    /// A bias of keys, `[1, 1, keys]`, by their places; what lies in a gap is never looked at.
    func placed(_ bias: Tensor) -> Tensor {
        precondition(bias.shape == [1, 1, keys], "a bias for all queries alike, not \(bias.shape)")
        var result = [Float](repeating: 0, count: places)
        bias.withValues { values in
            for run in runs {
                for key in 0..<run.count { result[run.place + key] = values[run.first + key] }
            }
        }
        return Tensor(result, shape: [1, 1, places])
    }
}
