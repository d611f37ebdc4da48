internal import CKernels
package import Tensors

/// How attention is cut: one task takes `queryRows` queries of one head and meets `keyColumns` keys at a
/// time.
package struct AttentionTiles: Codable, Equatable, Sendable {
    package var queryRows = 128
    package var keyColumns = 512

    package init() {}
}

/// Softmax attention over all keys, `softmax(scale * q·kᵀ + bias) · v`, head by head.
///
/// The softmax runs under a running maximum (Milakov and Gimelshein, arXiv 1805.02867; FlashAttention, arXiv
/// 2205.14135), so that scratch memory is one tile per thread and the `queries x keys` scores never exist.
///
/// - Parameters:
///   - query: `[queries, heads * headWidth]`
///   - key: `[keys, heads * headWidth]`, at least one row
///   - value: like `key`
///   - scale: usually `1 / sqrt(headWidth)`; T5 takes 1
///   - bias: `[heads, queries, keys]`, or `[1, 1, keys]` for all heads and queries alike; added to the scaled scores
/// - Returns: `[queries, heads * headWidth]`
package func attention(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, heads: Int, scale: Float, bias: Tensor? = nil,
    tiles: AttentionTiles = AttentionTiles(), on workers: Workers
) -> Tensor {
    precondition(
        key.shape == value.shape && key.width == query.width && key.shape[0] > 0, "keys \(key.shape)")
    precondition(
        bias.map { [[heads, query.shape[0], key.shape[0]], [1, 1, key.shape[0]]].contains($0.shape) } ?? true,
        "bias \(bias?.shape ?? []) for \(query.shape)")
    _ = BLAS.core
    var result = Tensor(uninitialized: query.shape)
    let queryTiles = (query.shape[0] + tiles.queryRows - 1) / tiles.queryRows
    query.read { q in
        key.read { k in
            value.read { v in
                result.write { out in
                    let work = AttentionWork(
                        query: q.pointer, key: k.pointer, value: v.pointer, result: out.pointer, bias: bias,
                        queries: query.shape[0], keys: key.shape[0], heads: heads, width: query.width,
                        scale: scale,
                        tiles: tiles)
                    workers.run(tasks: heads * queryTiles) { task in
                        work.run(head: task / queryTiles, firstQuery: task % queryTiles * tiles.queryRows)
                    }
                }
            }
        }
    }
    return result
}

private struct AttentionWork: @unchecked Sendable {
    let query: UnsafePointer<Float>
    let key: UnsafePointer<Float>
    let value: UnsafePointer<Float>
    let result: UnsafeMutablePointer<Float>
    let bias: Tensor?
    let queries: Int
    let keys: Int
    let heads: Int
    let width: Int
    let scale: Float
    let tiles: AttentionTiles

    private var headWidth: Int { width / heads }

    func run(head: Int, firstQuery: Int) {
        let rows = min(tiles.queryRows, queries - firstQuery)
        let out = result + firstQuery * width + head * headWidth
        withScratch(rows * (tiles.keyColumns + 2)) { scratch in
            let maximum = scratch + rows * tiles.keyColumns
            let sum = maximum + rows
            maximum.update(repeating: -.infinity, count: rows)
            sum.update(repeating: 0, count: rows)
            for firstKey in stride(from: 0, to: keys, by: tiles.keyColumns) {
                let columns = min(tiles.keyColumns, keys - firstKey)
                score(rows, columns, head: head, firstQuery: firstQuery, firstKey: firstKey, into: scratch)
                for row in 0..<rows {
                    let rescale = weigh(
                        scratch + row * columns, count: columns, head: head, query: firstQuery + row,
                        firstKey: firstKey, maximum: maximum + row, sum: sum + row)
                    if firstKey > 0 { simd.scale(out + row * width, rescale, headWidth) }
                }
                BLAS.multiply(
                    (rows: rows, columns: headWidth, depth: columns),
                    BLAS.Matrix(base: scratch, stride: columns),
                    BLAS.Matrix(base: value + firstKey * width + head * headWidth, stride: width),
                    transposed: false,
                    beta: firstKey > 0 ? 1 : 0, into: out, stride: width)
            }
            for row in 0..<rows { simd.scale(out + row * width, 1 / sum[row], headWidth) }
        }
    }

    /// `scores[rows, columns] = q · kᵀ`
    private func score(
        _ rows: Int, _ columns: Int, head: Int, firstQuery: Int, firstKey: Int,
        into scores: UnsafeMutablePointer<Float>
    ) {
        BLAS.multiply(
            (rows: rows, columns: columns, depth: headWidth),
            BLAS.Matrix(base: query + firstQuery * width + head * headWidth, stride: width),
            BLAS.Matrix(base: key + firstKey * width + head * headWidth, stride: width), transposed: true,
            beta: 0,
            into: scores, stride: columns)
    }

    /// Turns one row of scores into unnormalised weights; returns the factor for what was summed before.
    private func weigh(
        _ scores: UnsafeMutablePointer<Float>, count: Int, head: Int, query: Int, firstKey: Int,
        maximum: UnsafeMutablePointer<Float>, sum: UnsafeMutablePointer<Float>
    ) -> Float {
        guard let bias else { return simd.softmax_step(scores, nil, count, scale, maximum, sum) }
        let row = bias.count == keys ? 0 : head * queries + query
        return bias.read {
            simd.softmax_step(scores, $0.pointer + row * keys + firstKey, count, scale, maximum, sum)
        }
    }
}
