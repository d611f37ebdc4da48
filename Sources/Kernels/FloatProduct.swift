internal import CKernels
internal import Tensors

/// How a matrix product is cut into tasks; never depends on the number of threads.
private enum GemmTile {
    static let rows = 256
    static let columns = 256
    /// Weight rows that are widened to fp32 at a time.
    static let panel = 1024
}

/// A product in fp32.
///
/// A weight that is not fp32 in its file is widened panel by panel, so that no second copy of it exists.
func multiplyFloats(
    _ x: Tensor, _ weight: StoredTensor, _ ending: ProductEnding, into target: UnsafeMutablePointer<Float>,
    on workers: Workers
) {
    let (rows, depth, columns) = (x.shape[0], x.shape[1], weight.shape[0])
    precondition(weight.count == columns * depth, "\(weight.shape) does not fit \(x.shape)")
    _ = BLAS.core
    x.read { x in
        let product = FloatProduct(
            x: x.pointer, target: target, ending: ending, rows: rows, columns: columns, depth: depth)
        if let values = weight.alignedFloats {
            product.run(columns: 0..<columns, weight: values, on: workers)
        } else {
            runWidened(product, weight, on: workers)
        }
    }
}

private func runWidened(_ product: FloatProduct, _ weight: StoredTensor, on workers: Workers) {
    let panel = min(GemmTile.panel, product.columns)
    withScratch(panel * product.depth) { scratch in
        for first in stride(from: 0, to: product.columns, by: panel) {
            let columns = first..<min(first + panel, product.columns)
            let target = Shared(pointer: scratch)
            workers.run(over: columns.count, grain: 64) { part in
                weight.widen(
                    from: (first + part.lowerBound) * product.depth, count: part.count * product.depth,
                    into: target.pointer + part.lowerBound * product.depth)
            }
            product.run(columns: columns, weight: UnsafePointer(scratch), on: workers)
        }
    }
}

/// One product over raw memory, cut into tiles.
private struct FloatProduct: @unchecked Sendable {
    let x: UnsafePointer<Float>
    let target: UnsafeMutablePointer<Float>
    let ending: ProductEnding
    let rows: Int
    let columns: Int
    let depth: Int

    /// Computes the given columns; `weight` points to the row of the first of them.
    func run(columns range: Range<Int>, weight: UnsafePointer<Float>, on workers: Workers) {
        let weight = Shared(pointer: weight)
        let across = (range.count + GemmTile.columns - 1) / GemmTile.columns
        let down = (rows + GemmTile.rows - 1) / GemmTile.rows
        workers.run(tasks: across * down) { task in
            let (row, column) = (task / across * GemmTile.rows, task % across * GemmTile.columns)
            let size = (
                rows: min(GemmTile.rows, rows - row), columns: min(GemmTile.columns, range.count - column),
                depth: depth
            )
            runTile(
                size, row: row, column: range.lowerBound + column, weight: weight.pointer + column * depth)
        }
    }

    private func runTile(
        _ size: (rows: Int, columns: Int, depth: Int), row: Int, column: Int, weight: UnsafePointer<Float>
    ) {
        let place = target + row * columns + column
        guard ending.finish == .add else { return fill(place, stride: columns, size, row, column, weight) }
        withScratch(size.rows * size.columns) { tile in
            fill(tile, stride: size.columns, size, row, column, weight)
            for line in 0..<size.rows {
                simd.add_gated(
                    place + line * columns, tile + line * size.columns, ending.gate.map { $0 + column },
                    size.columns)
            }
        }
    }

    /// Writes a tile of `activation(x · weightᵀ + bias)`: the bias first, so that the product is added to it.
    private func fill(
        _ tile: UnsafeMutablePointer<Float>, stride: Int, _ size: (rows: Int, columns: Int, depth: Int),
        _ row: Int, _ column: Int, _ weight: UnsafePointer<Float>
    ) {
        if let bias = ending.bias {
            for line in 0..<size.rows {
                (tile + line * stride).update(from: bias + column, count: size.columns)
            }
        }
        BLAS.multiply(
            size, BLAS.Matrix(base: x + row * depth, stride: depth), BLAS.Matrix(base: weight, stride: depth),
            transposed: true, beta: ending.bias == nil ? 0 : 1, into: tile, stride: stride)
        guard ending.finish == .gelu else { return }
        for line in 0..<size.rows { simd.gelu_tanh(tile + line * stride, size.columns) }
    }
}
