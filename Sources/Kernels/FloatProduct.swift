internal import CKernels
package import Tensors

/// How a matrix product is cut into tasks; never depends on the number of threads.
private struct FloatTile {
    let rows: Int
    let columns: Int

    private static let mostRows = 640
    private static let mostColumns = 384
    private static let mostDotColumns = 1024
    private static let mostColumnsOfFewRows = 192

    /// - Parameters:
    ///   - isOwn: whether our own kernel computes it: what it lays out of a weight, all rows of a task share, and that lies in
    ///     the second nearest cache beside the result
    ///   - dotRows: most rows that it takes as dot products
    init(rows count: Int, columns width: Int, isOwn: Bool, dotRows: Int) {
        guard isOwn else {
            (rows, columns) = (1024, 256)
            return
        }
        let down = (count + Self.mostRows - 1) / Self.mostRows
        rows = (count + down - 1) / down
        // An even number, so that two threads finish together.
        let most =
            count <= dotRows
            ? Self.mostDotColumns
            : count <= Int(CKERNELS_DOT_ROWS) ? Self.mostColumnsOfFewRows : Self.mostColumns
        let pair = 2 * most
        let across = (width + pair - 1) / pair * 2
        columns = roundedUp((width + across - 1) / across, Int(simd.stored_columns))
    }
}

/// Whether a product in fp32 has so few rows that reading the weight, not computing, decides how long it takes.
func isFewRows(_ rows: Int) -> Bool { rows <= 256 }

/// A product in fp32.
///
/// A weight that is not fp32 in its file is widened in registers or tile by tile, so that no second copy of it exists.
///
/// - Parameter byOpenBLAS: also where a kernel of ours has it by default
package func multiplyFloats(
    _ x: Tensor, _ weight: StoredTensor, _ ending: ProductEnding, into target: UnsafeMutablePointer<Float>,
    byOpenBLAS: Bool = false, on workers: Workers
) {
    let (rows, depth, columns) = (x.shape[0], x.shape[1], weight.shape[0])
    precondition(weight.count == columns * depth, "\(weight.shape) does not fit \(x.shape)")
    _ = BLAS.core
    // For all tiles of a product: the last one may have few rows.
    let kernel = byOpenBLAS ? nil : weight.ownKernel(rows: rows)
    let isFirstReader = weight.willRead()
    let tile = FloatTile(rows: rows, columns: columns, isOwn: kernel != nil, dotRows: weight.dotRows)
    let across = (columns + tile.columns - 1) / tile.columns
    let down = (rows + tile.rows - 1) / tile.rows
    x.read { x in
        let product = FloatProduct(
            x: x.pointer, weight: weight, target: target, ending: ending, columns: columns, depth: depth,
            kernel: kernel, isFirstReader: isFirstReader)
        let scratch = product.scratchCount(rows: min(rows, tile.rows), columns: min(columns, tile.columns))
        workers.run(tasks: across * down, scratch: scratch) { task, scratch in
            let (row, column) = (task / across * tile.rows, task % across * tile.columns)
            product.run(
                rows: row..<min(rows, row + tile.rows),
                columns: column..<min(columns, column + tile.columns), scratch)
        }
    }
}

/// One product over raw memory, computed tile by tile.
private struct FloatProduct: @unchecked Sendable {
    let x: UnsafePointer<Float>
    let weight: StoredTensor
    let target: UnsafeMutablePointer<Float>
    let ending: ProductEnding
    let columns: Int
    let depth: Int
    let kernel: ckernels_stored_product?
    let isFirstReader: Bool

    /// Values that a task needs: rows or weights as its kernel wants them, and a tile of the product where that is added to the
    /// target.
    func scratchCount(rows: Int, columns: Int) -> Int {
        weightCount(rows: rows, columns: columns) + (ending.finish == .add ? rows * columns : 0)
    }

    private func weightCount(rows: Int, columns: Int) -> Int {
        if kernel != nil {
            if rows <= weight.dotRows { return rows * Int(CKERNELS_DOT_DEPTH) }
            return roundedUp(columns, Int(simd.stored_columns)) * Int(simd.stored_scratch)
        }
        return weight.alignedFloats != nil ? 0 : columns * depth
    }

    func run(rows: Range<Int>, columns range: Range<Int>, _ scratch: UnsafeMutablePointer<Float>) {
        let place = target + rows.lowerBound * columns + range.lowerBound
        guard ending.finish == .add else { return fill(place, stride: columns, rows, range, scratch) }
        let tile = scratch + weightCount(rows: rows.count, columns: range.count)
        fill(tile, stride: range.count, rows, range, scratch)
        for line in 0..<rows.count {
            simd.add_gated(
                place + line * columns, tile + line * range.count,
                ending.gate.map { $0 + range.lowerBound }, range.count)
        }
    }

    /// Writes a tile of `activation(x · weightᵀ + bias)`: the bias first, so that the product is added to it.
    private func fill(
        _ tile: UnsafeMutablePointer<Float>, stride: Int, _ rows: Range<Int>, _ columns: Range<Int>,
        _ weights: UnsafeMutablePointer<Float>
    ) {
        for line in 0..<rows.count {
            if let bias = ending.bias {
                (tile + line * stride).update(from: bias + columns.lowerBound, count: columns.count)
            } else {
                (tile + line * stride).update(repeating: 0, count: columns.count)
            }
        }
        addProduct(to: tile, stride: stride, rows, columns, weights)
        guard ending.finish == .gelu else { return }
        for line in 0..<rows.count { simd.gelu_tanh(tile + line * stride, columns.count) }
    }

    private func addProduct(
        to tile: UnsafeMutablePointer<Float>, stride: Int, _ rows: Range<Int>, _ columns: Range<Int>,
        _ weights: UnsafeMutablePointer<Float>
    ) {
        let x = x + rows.lowerBound * depth
        if isFirstReader { weight.bring(columns.lowerBound * depth..<columns.upperBound * depth) }
        if let kernel, let base = weight.bytes.baseAddress {
            let first = base + columns.lowerBound * depth * weight.type.byteCount
            return kernel(x, rows.count, depth, first, columns.count, tile, stride, weights)
        }
        BLAS.multiply(
            (rows: rows.count, columns: columns.count, depth: depth), BLAS.Matrix(base: x, stride: depth),
            BLAS.Matrix(base: floats(of: columns, weights), stride: depth), transposed: true, beta: 1,
            into: tile, stride: stride)
    }

    /// The weights of some outputs as fp32: where they lie, or widened into scratch.
    private func floats(of columns: Range<Int>, _ scratch: UnsafeMutablePointer<Float>) -> UnsafePointer<
        Float
    > {
        if let values = weight.alignedFloats { return values + columns.lowerBound * depth }
        weight.widen(from: columns.lowerBound * depth, count: columns.count * depth, into: scratch)
        return UnsafePointer(scratch)
    }
}

extension StoredTensor {
    /// The kernel of ours that widens weights in the nearest cache; nil where OpenBLAS is quicker, or where it has to do.
    fileprivate func ownKernel(rows: Int) -> ckernels_stored_product? {
        rows <= simd.most_stored_rows ? storedKernel : nil
    }

    /// Most rows that our own kernel takes as dot products.
    fileprivate var dotRows: Int {
        type == .bfloat16 ? Int(simd.dot_rows_bfloat16) : Int(CKERNELS_DOT_ROWS)
    }

    /// The product with a weight of this type; none for fp64.
    private var storedKernel: ckernels_stored_product? {
        switch type {
        case .float32: simd.multiply_stored_float32
        case .bfloat16: simd.multiply_stored_bfloat16
        case .float16: simd.multiply_stored_float16
        default: nil
        }
    }
}
