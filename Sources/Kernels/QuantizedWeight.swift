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

    static let blockColumns = Int(CKERNELS_BLOCK)

    /// Quantises a weight as it is read; what was read of the file is let go.
    ///
    /// - Parameter weight: `[columns, depth]` (further axes count as depth), any floating-point type
    package init(_ weight: StoredTensor, on workers: Workers) {
        weight.willRead()
        let timer = RunScope.begin(.loading, weight.count)
        defer { timer.end() }
        let columns = weight.shape[0]
        let depth = weight.count / max(1, columns)
        let blockBytes = Self.blockColumns * groups(of: depth) * 4
        let count = (columns + Self.blockColumns - 1) / Self.blockColumns
        (self.columns, self.depth) = (columns, depth)
        let (blocks, sums) = RunScope.with(use: .weights) {
            (
                Bytes(uninitialized: count * blockBytes),
                Bytes(uninitialized: count * Self.blockColumns * MemoryLayout<Int32>.stride)
            )
        }
        var scales = RunScope.with(use: .weights) {
            Tensor(uninitialized: [count * Self.blockColumns])
        }
        scales.write { scales in
            blocks.withPointer { blocks in
                sums.withPointer { sums in
                    let target = BlockTarget(blocks: blocks, sums: sums, scales: scales.pointer, depth: depth)
                    workers.run(tasks: count, scratch: depth) {
                        target.fill(block: $0, from: weight, columns: columns, $1)
                    }
                }
            }
        }
        self.blocks = blocks
        self.sums = sums
        self.scales = scales
        weight.letGo(on: workers)
    }
}

private struct BlockTarget: @unchecked Sendable {
    let blocks: UnsafeMutableRawPointer
    let sums: UnsafeMutableRawPointer
    let scales: UnsafeMutablePointer<Float>
    let depth: Int

    /// Outputs behind the last are zeros.
    func fill(
        block: Int, from weight: StoredTensor, columns: Int, _ values: UnsafeMutablePointer<Float>
    ) {
        let width = QuantizedWeight.blockColumns
        let start = (blocks + block * width * groups(of: depth) * 4).assumingMemoryBound(to: Int8.self)
        let sums = self.sums.assumingMemoryBound(to: Int32.self)
        for place in 0..<width {
            let column = block * width + place
            if column < columns {
                weight.widen(from: column * depth, count: depth, into: values)
            } else {
                values.update(repeating: 0, count: depth)
            }
            scales[column] = simd.quantise_column(values, depth, start + place * 4, sums + column)
        }
    }
}
