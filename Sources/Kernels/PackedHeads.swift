internal import CKernels
internal import Tensors

/// Keys and values of all heads in fp32, laid out for the kernels: about as many bytes as they had.
struct PackedHeads {
    private let keys: Tensor
    private let values: Tensor
    private let keyCount: Int
    private let valueCount: Int

    /// Keys that one packing task takes.
    private static let grain = 512

    init(_ key: consuming Tensor, _ value: consuming Tensor, heads: Int, on workers: Workers) {
        let (count, stride, width) = (key.shape[0], key.width, key.width / heads)
        keyCount = roundedUp(count, Attention.block) * width
        valueCount = count * roundedUp(width, Attention.block)
        let (keyCount, valueCount) = (keyCount, valueCount)
        var keys = RunScope.with(use: .attention) { Tensor(uninitialized: [heads * keyCount]) }
        var values = RunScope.with(use: .attention) { Tensor(uninitialized: [heads * valueCount]) }
        let parts = (count + Self.grain - 1) / Self.grain
        key.read { key in
            value.read { value in
                keys.write { keys in
                    values.write { values in
                        workers.run(tasks: heads * parts) { task in
                            let (head, first) = (task / parts, task % parts * Self.grain)
                            let last = min(count, first + Self.grain)
                            simd.pack_keys(
                                key.pointer + first * stride + head * width, stride, last - first, width,
                                keys.pointer + head * keyCount + first * width)
                            simd.pack_values(
                                value.pointer + head * width, stride, first, last, count, width,
                                values.pointer + head * valueCount)
                        }
                    }
                }
            }
        }
        (self.keys, self.values) = (keys, values)
    }

    /// Calls `body` with what sets the operands of one head.
    func read(_ body: (@escaping @Sendable (inout ckernels_attention, Int) -> Void) -> Void) {
        let (keyCount, valueCount) = (keyCount, valueCount)
        keys.read { keys in
            values.read { values in
                body { attention, head in
                    attention.packed_keys = keys.pointer + head * keyCount
                    attention.packed_values = values.pointer + head * valueCount
                }
            }
        }
    }
}

func roundedUp(_ count: Int, _ unit: Int) -> Int { (count + unit - 1) / unit * unit }
