internal import CKernels
package import Tensors

/// A weight in 8 bits, each output with a scale of its own, laid out in blocks of 32 outputs.
///
/// - Source: the scheme of Dettmers et al., "LLM.int8()", arXiv 2208.07339, section 2, without its outliers
package struct QuantizedWeight: Sendable {
    package let columns: Int
    package let depth: Int
    let blocks: Bytes
    let scales: Tensor
    let sums: Bytes

    /// Quantises a weight as it is read; what was read of the file is let go.
    ///
    /// - Parameter weight: `[columns, depth]` (further axes count as depth), any floating-point type
    package init(_ weight: StoredTensor, on workers: Workers) {
        let (columns, depth) = (weight.shape[0], weight.rowCount)
        let (padded, group) = (WeightBlocks.padded(columns), 4)
        let whole = groups(of: depth) * group
        let (blocks, sums) = RunScope.with(use: .weights) {
            (
                Bytes(uninitialized: padded * whole),
                Bytes(uninitialized: padded * MemoryLayout<Int32>.stride)
            )
        }
        var scales = RunScope.with(use: .weights) { Tensor(uninitialized: [padded]) }
        scales.write { scales in
            blocks.withPointer { blocks in
                sums.withPointer { sums in
                    let blocks = Shared(pointer: blocks.assumingMemoryBound(to: Int8.self))
                    let sums = Shared(pointer: sums.assumingMemoryBound(to: Int32.self))
                    WeightBlocks.lay(weight, on: workers) { column, values in
                        let place = WeightBlocks.place(of: column, depth: whole, group: group)
                        scales.pointer[column] = simd.quantise_column(
                            values, depth, blocks.pointer + place, sums.pointer + column)
                    }
                }
            }
        }
        (self.columns, self.depth) = (columns, depth)
        (self.blocks, self.sums, self.scales) = (blocks, sums, scales)
    }
}
