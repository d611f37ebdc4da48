internal import CKernels
package import Tensors

/// How attention is cut: one task takes `queryRows` queries of one head and meets `keyColumns` keys at a
/// time. Rows are rounded up to 12, keys to 32 and down to 512.
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
///   - value: like `key`; both are let go once they are packed, where the caller gives them away
///   - scale: usually `1 / sqrt(headWidth)`; T5 takes 1
///   - precision: of the products; the softmax is fp32
///   - bias: `[heads, queries, keys]`, or `[1, 1, keys]` for all heads and queries alike; added to the scaled scores
/// - Returns: `[queries, heads * headWidth]`
package func attention(
    _ query: Tensor, _ key: consuming Tensor, _ value: consuming Tensor, heads: Int, scale: Float,
    bias: Tensor? = nil,
    precision: Precision = .float32, tiles: AttentionTiles = AttentionTiles(), on workers: Workers
) -> Tensor {
    precondition(
        key.shape == value.shape && key.width == query.width && key.shape[0] > 0, "keys \(key.shape)")
    precondition(
        bias.map { [[heads, query.shape[0], key.shape[0]], [1, 1, key.shape[0]]].contains($0.shape) } ?? true,
        "bias \(bias?.shape ?? []) for \(query.shape)")
    let work = Attention(
        query: query, keys: key.shape[0], heads: heads, scale: scale, bias: bias, tiles: tiles)
    let timer = RunScope.begin(precision == .int8 ? .attentionInt8 : .attention, work.operations)
    defer { timer.end() }
    switch precision {
    case .float32:
        let packed = PackedHeads(consume key, consume value, heads: heads, on: workers)
        return work.answers(simd.attend, on: workers, with: packed.read)
    case .int8:
        let packed = QuantizedHeads(consume key, consume value, heads: heads, on: workers)
        return work.answers(simd.attend_int8, on: workers, with: packed.read)
    }
}

/// Sets the packed keys and values of one head.
private typealias Operands = @Sendable (inout ckernels_attention, Int) -> Void

/// One call of attention: what its tasks, each some queries of one head, are made of.
struct Attention {
    let query: Tensor
    let keys: Int
    let heads: Int
    let scale: Float
    let bias: Tensor?
    let tiles: AttentionTiles

    /// Columns of one packed block.
    static let block = Int(CKERNELS_INT8_BLOCK)

    private var width: Int { query.width / heads }

    /// Of both products.
    fileprivate var operations: Int { 4 * query.shape[0] * keys * query.width }

    fileprivate func answers(
        _ attend:
            @escaping @convention(c) (
                UnsafePointer<ckernels_attention>?, Int, Int, UnsafeMutablePointer<Float>?
            ) -> Void,
        on workers: Workers, with packed: ((@escaping Operands) -> Void) -> Void
    ) -> Tensor {
        var result = Tensor(uninitialized: query.shape)
        let queries = query.shape[0]
        let rows = roundedUp(max(1, tiles.queryRows), Int(CKERNELS_INT8_PANEL))
        let queryTiles = (queries + rows - 1) / rows
        let scratchCount = rows * (roundedUp(width, 4) + roundedUp(width, Self.block) + 3)
        packed { operands in
            query.read { q in
                result.write { out in
                    withOptional(bias) { bias in
                        workers.run(tasks: heads * queryTiles, scratch: scratchCount, use: .attention) {
                            task, scratch in
                            let (head, first) = (task / queryTiles, task % queryTiles * rows)
                            var one = part(head, q.pointer, out.pointer, bias.pointer)
                            operands(&one, head)
                            attend(&one, first, min(queries, first + rows), scratch)
                        }
                    }
                }
            }
        }
        return result
    }

    private func part(
        _ head: Int, _ query: UnsafePointer<Float>, _ result: UnsafeMutablePointer<Float>,
        _ bias: UnsafePointer<Float>?
    ) -> ckernels_attention {
        let perQuery = (self.bias?.count ?? 0) != keys
        var one = ckernels_attention()
        one.query = query + head * width
        one.result = result + head * width
        one.stride = self.query.width
        one.keys = keys
        one.width = width
        one.scale = scale
        one.keys_at_once = min(Int(CKERNELS_ATTENTION_KEYS), roundedUp(max(1, tiles.keyColumns), Self.block))
        one.bias = perQuery ? bias.map { $0 + head * self.query.shape[0] * keys } : bias
        one.bias_stride = perQuery ? keys : 0
        return one
    }
}
