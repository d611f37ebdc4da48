import CKernels
import Tensors
import TestSupport
import Testing

/// One head through each level's own attention, in fp32 and in half; that in 8 bits is among ``Int8LevelTests``.
@Suite struct AttentionLevelTests {
    @Test(arguments: [1, 31, 33, 64, 65, 513, 600], [8, 30, 64, 128])
    func everyLevelAttendsAlike(keys: Int, width: Int) {
        for queries in [1, 12, 13, 33, 65] {
            let (q, k, v) = (
                seeded([queries, width], seed: 5), seeded([keys, width], seed: 6),
                seeded([keys, width], seed: 7)
            )
            let exact = Reference.attention(q, k, v, heads: 1, scale: 0.3)
            let rounded = Reference.halfAttention(q, k, v, heads: 1, scale: 0.3)
            for level in kernelLevels() {
                let error = relativeError(answers(of: level, q, k, v, inHalf: false), exact)
                #expect(error <= 2e-6, "\(String(cString: level.name)): \(error)")
                let halfError = relativeError(answers(of: level, q, k, v, inHalf: true), rounded)
                let bound = level.multiplies_half != 0 ? 5e-3 : 6e-4
                #expect(halfError <= bound, "\(String(cString: level.name)) in half: \(halfError)")
            }
        }
    }

    private func answers(
        of level: ckernels_table, _ q: Tensor, _ k: Tensor, _ v: Tensor, inHalf: Bool
    ) -> Tensor {
        let (queries, keys, width) = (q.shape[0], k.shape[0], q.shape[1])
        let (rows, pitch) = (inHalf ? 12 : Int(level.attend_rows), (width + 31) / 32 * 32)
        let size = inHalf ? 4 : Int(level.packed_bytes)
        let places = (keys + 31) / 32 * 32 * pitch
        let (packedKeys, packedValues) = (Block<UInt8>(places * size), Block<UInt8>(places * size))
        let (query, key, value) = (Block(q.values), Block(k.values), Block(v.values))
        let result = Block<Float>(queries * width)
        let scratch = Block<Float>((queries + rows - 1) / rows * rows * (pitch * size / 4 + pitch + 3))
        let span = Block<ckernels_key_span>([ckernels_key_span(first: 0, count: keys)])
        var one = ckernels_attention()
        (one.query, one.result, one.stride) = (UnsafePointer(query.start), result.start, width)
        (one.keys, one.width, one.scale, one.keys_at_once) = (keys, width, 0.3, 512)
        (one.spans, one.span_count) = (UnsafePointer(span.start), 1)
        one.packed_keys = UnsafeRawPointer(packedKeys.start)
        one.packed_values = UnsafeRawPointer(packedValues.start)
        let (keyRoom, valueRoom) = (
            UnsafeMutableRawPointer(packedKeys.start), UnsafeMutableRawPointer(packedValues.start)
        )
        if inHalf {
            one.key_scale = level.half_scale(key.start, keys, width, width)
            one.value_scale = level.half_scale(value.start, keys, width, width)
            level.pack_half_keys(
                key.start, width, keys, width, one.key_scale,
                keyRoom.bindMemory(to: UInt16.self, capacity: places))
            level.pack_half_values(
                value.start, width, keys, width, one.value_scale,
                valueRoom.bindMemory(to: UInt16.self, capacity: places), 0, keys)
            level.attend_half(&one, 0, queries, scratch.start)
        } else {
            level.pack_keys(key.start, width, keys, width, keyRoom)
            level.pack_values(value.start, width, keys, width, valueRoom, 0, keys)
            level.attend(&one, 0, queries, scratch.start)
        }
        return withExtendedLifetime((packedKeys, packedValues, query, key, value, span, scratch)) {
            Tensor(
                Array(UnsafeBufferPointer(start: result.start, count: queries * width)),
                shape: [queries, width])
        }
    }
}
