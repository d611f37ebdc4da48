internal import CKernels
package import Tensors

/// A weight in IEEE half, laid out in blocks of 32 outputs. Each output is divided by a power of two before it is rounded,
/// so that values beyond half's range (65504) stay what they are, and so do sums of a few products.
package struct HalfWeight: Sendable {
    package let columns: Int
    package let depth: Int
    let blocks: Bytes
    let scales: Tensor

    /// Rounds a weight as it is read; what was read of the file is let go.
    ///
    /// - Parameter weight: `[columns, depth]` (further axes count as depth), any floating-point type
    package init(_ weight: StoredTensor, on workers: Workers) {
        let (columns, depth) = (weight.shape[0], weight.rowCount)
        let padded = WeightBlocks.padded(columns)
        let blocks = RunScope.with(use: .weights) {
            Bytes(uninitialized: padded * depth * MemoryLayout<UInt16>.stride)
        }
        var scales = RunScope.with(use: .weights) { Tensor(uninitialized: [padded]) }
        scales.write { scales in
            blocks.withPointer { blocks in
                let blocks = Shared(pointer: blocks.assumingMemoryBound(to: UInt16.self))
                WeightBlocks.lay(weight, on: workers) { column, values in
                    let scale = simd.half_scale(values, 1, depth, 0)
                    scales.pointer[column] = scale
                    let place = WeightBlocks.place(of: column, depth: depth)
                    simd.narrow_column(values, depth, scale, blocks.pointer + place)
                }
            }
        }
        (self.columns, self.depth) = (columns, depth)
        (self.blocks, self.scales) = (blocks, scales)
    }
}
