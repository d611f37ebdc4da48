internal import CKernels
internal import Tensors

/// How weights in narrow formats lie: in blocks of 32 outputs, each value of the depth side by side for all of them.
enum WeightBlocks {
    static let columns = Int(CKERNELS_BLOCK)

    /// Outputs that lie there, those behind the last included, which are zeros.
    static func padded(_ columns: Int) -> Int { roundedUp(columns, self.columns) }

    /// Where an output begins, as a count of values.
    ///
    /// - Parameters:
    ///   - depth: values of an output, rounded up to whole groups
    ///   - group: values of the depth that lie together
    static func place(of column: Int, depth: Int, group: Int = 1) -> Int {
        column / columns * columns * depth + column % columns * group
    }

    /// Calls `fill` with the values of each output, in fp32, and lets go what was read of the file.
    ///
    /// - Parameter weight: `[columns, depth]` (further axes count as depth)
    static func lay(
        _ weight: StoredTensor, on workers: Workers,
        _ fill: @Sendable (Int, UnsafeMutablePointer<Float>) -> Void
    ) {
        weight.willRead()
        let timer = RunScope.begin(.loading, weight.count)
        defer { timer.end() }
        let (columns, depth) = (weight.shape[0], weight.rowCount)
        workers.run(tasks: padded(columns) / Self.columns, scratch: depth) { block, values in
            for column in block * Self.columns..<(block + 1) * Self.columns {
                if column < columns {
                    weight.widen(from: column * depth, count: depth, into: values)
                } else {
                    values.update(repeating: 0, count: depth)
                }
                fill(column, values)
            }
        }
        weight.letGo(on: workers)
    }
}

extension StoredTensor {
    /// Values of one row of the first axis: the depth of a product.
    var rowCount: Int { count / max(1, shape[0]) }
}
