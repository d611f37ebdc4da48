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
    ///
    /// - Parameter depth: what the width is filled up to a multiple of
    func keyCount(depth: Int = 1) -> Int { roundedUp(places, Attention.block) * roundedUp(width, depth) }
    /// Values that the values of one head take.
    ///
    /// - Parameter depth: what the places are filled up to a multiple of
    func valueCount(depth: Int = 1) -> Int { roundedUp(places, depth) * roundedUp(width, Attention.block) }
}

/// Keys and values of all heads in fp32, laid out for the kernels: about as many bytes as they had, or half as many again where
/// a value is the sum of three.
struct PackedHeads {
    private let keys: Bytes
    private let values: Bytes
    private let layout: PackedLayout

    /// - Parameter reach: where keys are packed to; nil packs them one behind another
    init(
        _ key: consuming Tensor, _ value: consuming Tensor, heads: Int, reach: AttentionReach? = nil,
        on workers: Workers
    ) {
        let (stride, width) = (key.width, key.width / heads)
        let layout = PackedLayout(keys: key.shape[0], width: width, reach: reach)
        let (keySize, keyBytes, valueBytes) = Self.sizes(layout)
        let (keys, values) = RunScope.with(use: .attention) {
            (Bytes(uninitialized: heads * keyBytes), Bytes(uninitialized: heads * valueBytes))
        }
        let runs = layout.runs
        key.read { key in
            value.read { value in
                keys.withPointer { keys in
                    values.withPointer { values in
                        let (keys, values) = (Shared(pointer: keys), Shared(pointer: values))
                        workers.run(tasks: heads * runs.count) { task in
                            let (head, run) = (task / runs.count, runs[task % runs.count])
                            let first = run.first * stride + head * width
                            simd.pack_keys(
                                key.pointer + first, stride, run.count, width,
                                keys.pointer + head * keyBytes + run.place * keySize)
                            simd.pack_values(
                                value.pointer + first, stride, run.count, width,
                                values.pointer + head * valueBytes, run.place, layout.places)
                        }
                    }
                }
            }
        }
        (self.keys, self.values, self.layout) = (keys, values, layout)
    }

    /// Bytes of a key, and of all keys and all values of a head.
    private static func sizes(_ layout: PackedLayout) -> (key: Int, keys: Int, values: Int) {
        let (depth, size) = (Int(simd.attend_depth), Int(simd.packed_bytes))
        return (
            roundedUp(layout.width, depth) * size, layout.keyCount(depth: depth) * size,
            layout.valueCount(depth: depth) * size
        )
    }

    /// Calls `body` with what sets the operands of one head.
    func read(_ body: (@escaping @Sendable (inout ckernels_attention, Int) -> Void) -> Void) {
        let (_, keyBytes, valueBytes) = Self.sizes(layout)
        keys.withPointer { keys in
            values.withPointer { values in
                let (keys, values) = (Shared(pointer: keys), Shared(pointer: values))
                body { attention, head in
                    attention.packed_keys = UnsafeRawPointer(keys.pointer + head * keyBytes)
                    attention.packed_values = UnsafeRawPointer(values.pointer + head * valueBytes)
                }
            }
        }
    }
}

func roundedUp(_ count: Int, _ unit: Int) -> Int { (count + unit - 1) / unit * unit }
