internal import CKernels
internal import Tensors

/// Where the keys and values of one head lie once they are packed, and in which parts they are.
struct PackedLayout: @unchecked Sendable {
    let places: Int
    let width: Int
    let runs: [ckernels_key_run]

    /// Keys that one packing task takes.
    private static let grain = 512

    /// - Parameter reach: where keys are packed to; nil packs them one behind another
    init(keys: Int, width: Int, reach: AttentionReach?) {
        places = reach?.places ?? keys
        self.width = width
        runs =
            reach?.runs
            ?? stride(from: 0, to: keys, by: Self.grain).map {
                ckernels_key_run(first: $0, count: min(Self.grain, keys - $0), place: $0)
            }
    }

    /// Values that the keys of one head take.
    var keyCount: Int { roundedUp(places, Attention.block) * width }
    /// Values that the values of one head take.
    var valueCount: Int { places * roundedUp(width, Attention.block) }
}

/// Keys and values of all heads in fp32, laid out for the kernels: about as many bytes as they had.
struct PackedHeads {
    private let keys: Tensor
    private let values: Tensor
    private let layout: PackedLayout

    /// - Parameter reach: where keys are packed to; nil packs them one behind another
    init(
        _ key: consuming Tensor, _ value: consuming Tensor, heads: Int, reach: AttentionReach? = nil,
        on workers: Workers
    ) {
        let (stride, width) = (key.width, key.width / heads)
        let layout = PackedLayout(keys: key.shape[0], width: width, reach: reach)
        let (keyCount, valueCount, runs) = (layout.keyCount, layout.valueCount, layout.runs)
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
                                values.pointer + head * valueCount, run.place, layout.places)
                        }
                    }
                }
            }
        }
        (self.keys, self.values, self.layout) = (keys, values, layout)
    }

    /// Calls `body` with what sets the operands of one head.
    func read(_ body: (@escaping @Sendable (inout ckernels_attention, Int) -> Void) -> Void) {
        let (keyCount, valueCount) = (layout.keyCount, layout.valueCount)
        keys.read { keys in
            values.read { values in
                body { attention, head in
                    attention.packed_keys = UnsafeRawPointer(keys.pointer + head * keyCount)
                    attention.packed_values = UnsafeRawPointer(values.pointer + head * valueCount)
                }
            }
        }
    }
}

func roundedUp(_ count: Int, _ unit: Int) -> Int { (count + unit - 1) / unit * unit }
