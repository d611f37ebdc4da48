internal import CKernels
internal import Tensors

/// Keys and values of all heads in 8 bits: each key by a scale of its own, after the mean key of its head was taken from
/// it, and each channel of the values by one scale over all keys.
struct QuantizedHeads {
    private let bytes: Bytes
    private let layout: Layout

    /// - Parameter reach: where keys are packed to; nil packs them one behind another
    init(
        _ key: consuming Tensor, _ value: consuming Tensor, heads: Int, reach: AttentionReach? = nil,
        on workers: Workers
    ) {
        let (count, stride, width) = (key.shape[0], key.width, key.width / heads)
        let places = reach?.places ?? count
        let runs = reach?.runs ?? [ckernels_key_run(first: 0, count: count, place: 0)]
        let layout = Layout(keys: places, width: width)
        let bytes = RunScope.with(use: .attention) { Bytes(uninitialized: heads * layout.byteCount) }
        key.read { key in
            value.read { value in
                bytes.withPointer { start in
                    let start = Shared(pointer: start)
                    workers.run(tasks: heads, scratch: 2 * width, use: .attention) { head, scratch in
                        var packed = layout.head(head, in: start.pointer)
                        simd.pack_int8(
                            &packed, key.pointer + head * width, value.pointer + head * width, stride,
                            runs, runs.count, places, width, scratch)
                    }
                }
            }
        }
        (self.bytes, self.layout) = (bytes, layout)
    }

    /// Calls `body` with what sets the operands of one head.
    func read(_ body: (@escaping @Sendable (inout ckernels_attention, Int) -> Void) -> Void) {
        let layout = layout
        bytes.withPointer { start in
            let start = Shared(pointer: start)
            body { attention, head in attention.int8 = layout.head(head, in: start.pointer) }
        }
    }
}

/// Where the parts of one head lie.
private struct Layout {
    let keyBytes: Int
    let keys: Int
    let valueBytes: Int
    let pitch: Int

    init(keys count: Int, width: Int) {
        keys = roundedUp(count, Attention.block)
        pitch = roundedUp(width, Attention.block)
        keyBytes = keys * roundedUp(width, Int(simd.int8_group))
        valueBytes = pitch * roundedUp(count, Int(simd.int8_group))
    }

    var byteCount: Int { keyBytes + valueBytes + 4 * (2 * keys + pitch) }

    func head(_ head: Int, in start: UnsafeMutableRawPointer) -> ckernels_int8_head {
        let start = start + head * byteCount
        let floats = start + keyBytes + valueBytes
        return ckernels_int8_head(
            keys: start.assumingMemoryBound(to: Int8.self),
            key_scales: floats.assumingMemoryBound(to: Float.self),
            key_sums: (floats + 4 * keys).assumingMemoryBound(to: Int32.self),
            values: (start + keyBytes).assumingMemoryBound(to: Int8.self),
            value_scales: (floats + 8 * keys).assumingMemoryBound(to: Float.self))
    }
}
