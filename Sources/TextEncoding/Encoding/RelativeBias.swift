package import Checkpoints
import Foundation
package import Tensors

/// What attention adds to the score of a key for its distance from the query.
///
/// - Source: transformers 5.23.0 `models/umt5/modeling_umt5.py`, `UMT5Attention.compute_bias`; T5,
///   arXiv 1910.10683, section 2.1
package struct RelativeBias: Sendable {
    private let table: Tensor  // [buckets, N]
    private let farthest: Int

    /// Takes `weight` `[buckets, heads]`.
    package init(_ weights: WeightScope, config: TextEncoderConfig) throws {
        table = try weights.values("weight", shape: [config.distanceBuckets, config.heads])
        farthest = config.farthestDistance
    }

    /// - Returns: `[N, n, n]`: head, query, key
    package func callAsFunction(tokens: Int) -> Tensor {
        let (buckets, heads) = (table.shape[0], table.shape[1])
        // From the last query to the first key up to the first query to the last key.
        let bucketOfDistance = (1 - tokens..<tokens).map {
            Self.bucket(of: $0, buckets: buckets, farthest: farthest)
        }
        var bias = Tensor(uninitialized: [heads, tokens, tokens])
        bias.withMutableValues { bias in
            table.withValues { table in
                for head in 0..<heads {
                    let byDistance = bucketOfDistance.map { table[$0 * heads + head] }
                    for query in 0..<tokens {
                        let row = (head * tokens + query) * tokens
                        let first = tokens - 1 - query
                        _ = bias[row..<row + tokens].update(
                            fromContentsOf: byDistance[first..<first + tokens])
                    }
                }
            }
        }
        return bias
    }

    /// The row of the table for a distance: single distances near the query, ever longer spans farther away.
    ///
    /// - Parameters:
    ///   - distance: position of the key minus position of the query
    ///   - buckets: rows of the table; the second half is for keys after the query
    ///   - farthest: distance from which on all are in one bucket
    package static func bucket(of distance: Int, buckets: Int, farthest: Int) -> Int {
        let half = buckets / 2
        let side = distance > 0 ? half : 0
        let length = abs(distance)
        let exact = half / 2
        guard length >= exact else { return side + length }
        // In Float, as PyTorch has it: at powers of two a rounding error would move the limit of a bucket.
        let ratio = log(Float(length) / Float(exact)) / Float(log(Double(farthest) / Double(exact)))
        return side + min(half - 1, exact + Int(ratio * Float(half - exact)))
    }
}
