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

    /// - Parameter reach: where keys are packed to; nil packs them one behind another
    init(
        _ key: consuming Tensor, _ value: consuming Tensor, heads: Int, reach: AttentionReach? = nil,
        on workers: Workers
    ) {
        let (count, stride, width) = (key.shape[0], key.width, key.width / heads)
        let places = reach?.places ?? count
        let runs = reach?.runs ?? Self.runs(of: count)
        keyCount = roundedUp(places, Attention.block) * width
        valueCount = places * roundedUp(width, Attention.block)
        let (keyCount, valueCount) = (keyCount, valueCount)
        var keys = RunScope.with(use: .attention) { Tensor(uninitialized: [heads * keyCount]) }
        var values = RunScope.with(use: .attention) { Tensor(uninitialized: [heads * valueCount]) }
        key.read { key in
            value.read { value in
                keys.write { keys in
                    values.write { values in
                        workers.run(tasks: heads * runs.count) { task in
                            let (head, run) = (task / runs.count, runs[task % runs.count])
                            let first = run.first * stride + head * width
                            simd.pack_keys(
                                key.pointer + first, stride, run.count, width,
                                keys.pointer + head * keyCount + run.place * width)
                            simd.pack_values(
                                value.pointer + first, stride, run.count, width,
                                values.pointer + head * valueCount, run.place, places)
                        }
                    }
                }
            }
        }
        (self.keys, self.values) = (keys, values)
    }

    private static func runs(of count: Int) -> [ckernels_key_run] {
        stride(from: 0, to: count, by: grain).map {
            ckernels_key_run(first: $0, count: min(grain, count - $0), place: $0)
        }
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
