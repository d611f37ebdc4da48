internal import CKernels
package import Tensors

/// A weight in IEEE half, laid out in blocks of 32 outputs. Each output is divided by a power of two before it is rounded,
/// so that values beyond half's range (65504) stay what they are, and so do sums of a few products.
package struct HalfWeight: Sendable {
    package let columns: Int
    package let depth: Int
    let blocks: Bytes
    let scales: Tensor

    static let blockColumns = Int(CKERNELS_BLOCK)

    /// Rounds a weight as it is read; what was read of the file is let go.
    ///
    /// - Parameter weight: `[columns, depth]` (further axes count as depth), any floating-point type
    package init(_ weight: StoredTensor, on workers: Workers) {
        weight.willRead()
        let timer = RunScope.begin(.loading, weight.count)
        defer { timer.end() }
        let columns = weight.shape[0]
        let depth = weight.count / max(1, columns)
        let count = (columns + Self.blockColumns - 1) / Self.blockColumns
        let size = Self.blockColumns * depth * MemoryLayout<UInt16>.stride
        (self.columns, self.depth) = (columns, depth)
        let blocks = RunScope.with(use: .weights) { Bytes(uninitialized: count * size) }
        var scales = RunScope.with(use: .weights) {
            Tensor(uninitialized: [count * Self.blockColumns])
        }
        scales.write { scales in
            blocks.withPointer { blocks in
                let target = BlockTarget(blocks: blocks, scales: scales.pointer, depth: depth)
                workers.run(tasks: count, scratch: depth) {
                    target.fill(block: $0, from: weight, columns: columns, $1)
                }
            }
        }
        self.blocks = blocks
        self.scales = scales
        weight.letGo(on: workers)
    }
}

private struct BlockTarget: @unchecked Sendable {
    let blocks: UnsafeMutableRawPointer
    let scales: UnsafeMutablePointer<Float>
    let depth: Int

    /// Outputs behind the last are zeros.
    func fill(
        block: Int, from weight: StoredTensor, columns: Int, _ values: UnsafeMutablePointer<Float>
    ) {
        let width = HalfWeight.blockColumns
        let start = blocks.assumingMemoryBound(to: UInt16.self) + block * width * depth
        for place in 0..<width {
            let column = block * width + place
            if column < columns {
                weight.widen(from: column * depth, count: depth, into: values)
            } else {
                values.update(repeating: 0, count: depth)
            }
            scales[column] = simd.half_scale(values, 1, depth, 0)
            simd.narrow_column(values, depth, scales[column], start + place)
        }
    }
}
