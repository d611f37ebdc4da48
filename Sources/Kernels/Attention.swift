internal import CKernels
package import Tensors

/// How attention is cut: one task takes `queryRows` queries of one head and meets `keyColumns` keys at a
/// time. Rows are rounded up to 12 or 32, keys to 32 and down to 512.
package struct AttentionTiles: Codable, Equatable, Sendable {
    package var queryRows = 128
    package var keyColumns = 512

    package init() {}
}

/// Softmax attention over all keys or those within reach, `softmax(scale * q·kᵀ + bias) · v`, head by head.
///
/// The softmax runs under a running maximum (Milakov and Gimelshein, arXiv 1805.02867; FlashAttention, arXiv
/// 2205.14135), so that scratch memory is one tile per thread and the `queries x keys` scores never exist.
///
/// - Parameters:
///   - query: `[queries, heads * headWidth]`
///   - key: `[keys, heads * headWidth]`, at least one row
///   - value: like `key`; both are let go once they are packed, where the caller gives them away
///   - scale: usually `1 / sqrt(headWidth)`; T5 takes 1; not below 0
///   - precision: of the products; the softmax is fp32
///   - bias: `[heads, queries, keys]`, or `[1, 1, keys]` for all heads and queries alike; added to the scaled scores
///   - reach: which keys a query meets; nil means all. With one, a bias is for all queries alike
/// - Returns: `[queries, heads * headWidth]`
package func attention(
    _ query: Tensor, _ key: consuming Tensor, _ value: consuming Tensor, heads: Int, scale: Float,
    bias: Tensor? = nil, within reach: AttentionReach? = nil,
    precision: Precision = .float32, tiles: AttentionTiles = AttentionTiles(), on workers: Workers
) -> Tensor {
    let (queries, keys) = (query.shape[0], key.shape[0])
    precondition(key.shape == value.shape && key.width == query.width && keys > 0, "keys \(key.shape)")
    precondition(scale >= 0, "a scale of \(scale)")
    precondition(
        bias.map { [[heads, queries, keys], [1, 1, keys]].contains($0.shape) } ?? true,
        "bias \(bias?.shape ?? []) for \(query.shape)")
    precondition(
        reach.map { $0.queries == queries && $0.keys == keys } ?? true, "a reach for other tokens")
    let work = Attention(
        query: query, places: reach?.places ?? keys, heads: heads, scale: scale,
        bias: reach.flatMap { reach in bias.map(reach.placed) } ?? bias, reach: reach, tiles: tiles)
    let timer = RunScope.begin(kind(of: precision), work.operations)
    defer { timer.end() }
    switch precision {
    case .float32:
        let packed = PackedHeads(consume key, consume value, heads: heads, reach: reach, on: workers)
        return work.answers(simd.attend, .float32, on: workers, with: packed.read)
    case .float16:
        let packed = HalfHeads(consume key, consume value, heads: heads, reach: reach, on: workers)
        return work.answers(simd.attend_half, .float16, on: workers, with: packed.read)
    case .int8:
        let packed = QuantizedHeads(consume key, consume value, heads: heads, reach: reach, on: workers)
        return work.answers(simd.attend_int8, .int8, on: workers, with: packed.read)
    }
}

private func kind(of precision: Precision) -> WorkKind {
    switch precision {
    case .float32: .attention
    case .float16: .attentionFloat16
    case .int8: .attentionInt8
    }
}

/// Sets the packed keys and values of one head.
private typealias Operands = @Sendable (inout ckernels_attention, Int) -> Void

/// One call of attention: what its tasks, each some queries of one head, are made of.
struct Attention {
    let query: Tensor
    /// Places of packed keys; as many as keys where all are met.
    let places: Int
    let heads: Int
    let scale: Float
    /// By place of the key.
    let bias: Tensor?
    let reach: AttentionReach?
    let tiles: AttentionTiles

    /// Columns of one packed block.
    static let block = Int(CKERNELS_BLOCK)

    private var width: Int { query.width / heads }

    /// Of both products.
    fileprivate var operations: Int {
        let pairs = parts(of: query.shape[0]).reduce(0) { sum, part in
            sum + part.queries.count * part.spans.reduce(0) { $0 + $1.count }
        }
        return 4 * query.width * pairs
    }

    /// Queries that one task takes, of one tile, and the keys that they meet.
    private struct Part {
        let queries: Range<Int>
        let spans: [ckernels_key_span]
    }

    private func parts(of rows: Int) -> [Part] {
        let all = [ckernels_key_span(first: 0, count: places)]
        let queryTiles = reach?.queryTiles ?? [0..<query.shape[0]]
        return queryTiles.enumerated().flatMap { index, tile in
            stride(from: tile.lowerBound, to: tile.upperBound, by: rows).map { first in
                Part(queries: first..<min(tile.upperBound, first + rows), spans: reach?.spans[index] ?? all)
            }
        }
    }

    /// Values of scratch for the keys and values that a task meets at a time, widened, where the kernel does that.
    fileprivate var int8Room: Int {
        guard simd.widens_int8 != 0 else { return 0 }
        let keys = min(keysAtOnce, roundedUp(places, Self.block))
        let bytes = 2 * keys * (roundedUp(width, 4) + roundedUp(width, Self.block))
        return (bytes + 64) / MemoryLayout<Float>.size
    }

    private var keysAtOnce: Int {
        min(Int(CKERNELS_ATTENTION_KEYS), roundedUp(max(1, tiles.keyColumns), Self.block))
    }

    /// Queries that a kernel takes at a time.
    private func panel(_ precision: Precision) -> Int {
        switch precision {
        case .float32: Int(simd.attend_rows)
        case .float16: Int(CKERNELS_PANEL)
        case .int8: Int(simd.int8_rows)
        }
    }

    /// Values of scratch that a kernel wants for some queries.
    private func scratch(_ precision: Precision, rows: Int) -> Int {
        let answers = roundedUp(width, Self.block) + 3
        switch precision {
        case .float32:
            let bytes = roundedUp(width, Int(simd.attend_depth)) * Int(simd.packed_bytes)
            return rows * (bytes / MemoryLayout<Float>.stride + answers)
        case .float16: return rows * (width + answers)
        case .int8: return rows * (roundedUp(width, Int(simd.int8_group)) + answers) + int8Room
        }
    }

    fileprivate func answers(
        _ attend:
            @escaping @convention(c) (
                UnsafePointer<ckernels_attention>?, Int, Int, UnsafeMutablePointer<Float>?
            ) -> Void,
        _ precision: Precision, on workers: Workers, with packed: ((@escaping Operands) -> Void) -> Void
    ) -> Tensor {
        var result = Tensor(uninitialized: query.shape)
        let rows = roundedUp(max(1, tiles.queryRows), panel(precision))
        let parts = parts(of: rows)
        let scratchCount = scratch(precision, rows: rows)
        packed { operands in
            query.read { q in
                result.write { out in
                    withOptional(bias) { bias in
                        workers.run(tasks: heads * parts.count, scratch: scratchCount, use: .attention) {
                            task, scratch in
                            let (head, part) = (task / parts.count, parts[task % parts.count])
                            var one = operand(head, q.pointer, out.pointer, bias.pointer)
                            operands(&one, head)
                            part.spans.withUnsafeBufferPointer { spans in
                                (one.spans, one.span_count) = (spans.baseAddress, spans.count)
                                attend(&one, part.queries.lowerBound, part.queries.upperBound, scratch)
                            }
                        }
                    }
                }
            }
        }
        return result
    }

    private func operand(
        _ head: Int, _ query: UnsafePointer<Float>, _ result: UnsafeMutablePointer<Float>,
        _ bias: UnsafePointer<Float>?
    ) -> ckernels_attention {
        let perQuery = (self.bias?.count ?? 0) != places
        var one = ckernels_attention()
        one.query = query + head * width
        one.result = result + head * width
        one.stride = self.query.width
        one.keys = places
        one.width = width
        one.scale = scale
        one.keys_at_once = keysAtOnce
        one.bias = perQuery ? bias.map { $0 + head * self.query.shape[0] * places } : bias
        one.bias_stride = perQuery ? places : 0
        return one
    }
}
