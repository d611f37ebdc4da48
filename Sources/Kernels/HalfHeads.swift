internal import CKernels
internal import Tensors

/// Keys and values of all heads in IEEE half, laid out for the kernels: half as many bytes as they had. The keys of a head
/// are divided by one power of two, and so are its values, so that nothing leaves half's range.
struct HalfHeads {
    private let keys: Bytes
    private let values: Bytes
    /// `[heads, 2]`, of keys and of values.
    private let scales: Tensor
    private let layout: PackedLayout

    /// - Parameter reach: where keys are packed to; nil packs them one behind another
    init(
        _ key: consuming Tensor, _ value: consuming Tensor, heads: Int, reach: AttentionReach? = nil,
        on workers: Workers
    ) {
        let (rows, stride, width) = (key.shape[0], key.width, key.width / heads)
        let layout = PackedLayout(keys: rows, width: width, reach: reach)
        let size = MemoryLayout<UInt16>.stride
        let (keys, values) = RunScope.with(use: .attention) {
            (
                Bytes(uninitialized: heads * layout.keyCount() * size),
                Bytes(uninitialized: heads * layout.valueCount() * size)
            )
        }
        let scales = Self.scales(key, value, heads: heads, on: workers)
        (self.keys, self.values, self.scales, self.layout) = (keys, values, scales, layout)
        key.read { key in
            value.read { value in
                Self.read(keys, values, scales, layout) { target in
                    workers.run(tasks: heads * layout.runs.count) { task in
                        target.fill(task: task, key.pointer, value.pointer, stride: stride)
                    }
                }
            }
        }
    }

    private static func scales(_ key: Tensor, _ value: Tensor, heads: Int, on workers: Workers) -> Tensor {
        let (rows, stride, width) = (key.shape[0], key.width, key.width / heads)
        var scales = Tensor(uninitialized: [heads, 2])
        key.read { key in
            value.read { value in
                scales.write { scales in
                    workers.run(tasks: 2 * heads) { task in
                        let operand = task % 2 == 0 ? key.pointer : value.pointer
                        scales.pointer[task] = simd.half_scale(
                            operand + task / 2 * width, rows, width, stride)
                    }
                }
            }
        }
        return scales
    }

    /// Calls `body` with where the parts of all heads lie.
    private static func read(
        _ keys: Bytes, _ values: Bytes, _ scales: Tensor, _ layout: PackedLayout,
        _ body: (HeadTarget) -> Void
    ) {
        scales.read { scales in
            keys.withPointer { keys in
                values.withPointer { values in
                    body(
                        HeadTarget(
                            keys: keys.assumingMemoryBound(to: UInt16.self),
                            values: values.assumingMemoryBound(to: UInt16.self),
                            scales: scales.pointer, layout: layout))
                }
            }
        }
    }

    /// Calls `body` with what sets the operands of one head.
    func read(_ body: (@escaping @Sendable (inout ckernels_attention, Int) -> Void) -> Void) {
        Self.read(keys, values, scales, layout) { target in
            body { attention, head in target.set(&attention, head: head) }
        }
    }
}

private struct HeadTarget: @unchecked Sendable {
    let keys: UnsafeMutablePointer<UInt16>
    let values: UnsafeMutablePointer<UInt16>
    let scales: UnsafePointer<Float>
    let layout: PackedLayout

    /// Packs one run of one head.
    func fill(task: Int, _ key: UnsafePointer<Float>, _ value: UnsafePointer<Float>, stride: Int) {
        let (head, run) = (task / layout.runs.count, layout.runs[task % layout.runs.count])
        let first = run.first * stride + head * layout.width
        simd.pack_half_keys(
            key + first, stride, run.count, layout.width, scales[2 * head],
            keys + head * layout.keyCount() + run.place * layout.width)
        simd.pack_half_values(
            value + first, stride, run.count, layout.width, scales[2 * head + 1],
            values + head * layout.valueCount(), run.place, layout.places)
    }

    func set(_ attention: inout ckernels_attention, head: Int) {
        attention.packed_keys = UnsafeRawPointer(keys + head * layout.keyCount())
        attention.packed_values = UnsafeRawPointer(values + head * layout.valueCount())
        (attention.key_scale, attention.value_scale) = (scales[2 * head], scales[2 * head + 1])
    }
}
