package import Tensors

/// How a matrix product is cut into tasks; never depends on the number of threads.
private enum GemmTile {
    static let rows = 256
    static let columns = 256
    /// Weight rows that are widened to fp32 at a time.
    static let panel = 1024
}

/// `x · weightᵀ + bias`, the product that a linear layer computes.
///
/// A weight that is not fp32 in its file is widened panel by panel, so that no second copy of it exists.
///
/// - Parameters:
///   - x: `[rows, depth]`
///   - weight: `[columns, depth]` (further axes count as depth), any floating-point type
///   - bias: `[columns]`
/// - Returns: `[rows, columns]`
package func linear(_ x: Tensor, _ weight: StoredTensor, bias: Tensor?, on workers: Workers) -> Tensor {
    let rows = x.shape[0]
    let depth = x.shape[1]
    let columns = weight.shape[0]
    precondition(
        weight.count == columns * depth && weight.type.isFloatingPoint,
        "\(weight.shape) does not fit \(x.shape)")
    _ = BLAS.core
    var result = initialRows(rows, bias: bias, columns: columns)
    x.read { x in
        result.write { result in
            let product = Product(
                x: x.pointer, result: result.pointer, rows: rows, columns: columns, depth: depth)
            if let values = weight.alignedFloats {
                product.run(columns: 0..<columns, weight: values, on: workers)
            } else {
                runWidened(product, weight, on: workers)
            }
        }
    }
    return result
}

/// Rows that hold the bias already, so that the product is added to it.
private func initialRows(_ rows: Int, bias: Tensor?, columns: Int) -> Tensor {
    guard let bias else { return Tensor(shape: [rows, columns]) }
    precondition(bias.count == columns, "bias \(bias.shape) for \(columns) columns")
    var result = Tensor(uninitialized: [rows, columns])
    bias.read { bias in
        result.write { result in
            for row in 0..<rows {
                (result.pointer + row * columns).update(from: bias.pointer, count: columns)
            }
        }
    }
    return result
}

private func runWidened(_ product: Product, _ weight: StoredTensor, on workers: Workers) {
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
private struct Product: @unchecked Sendable {
    let x: UnsafePointer<Float>
    let result: UnsafeMutablePointer<Float>
    let rows: Int
    let columns: Int
    let depth: Int

    /// Computes the given columns; `weight` points to the row of the first of them.
    func run(columns range: Range<Int>, weight: UnsafePointer<Float>, on workers: Workers) {
        let weight = Shared(pointer: weight)
        let across = (range.count + GemmTile.columns - 1) / GemmTile.columns
        let down = (rows + GemmTile.rows - 1) / GemmTile.rows
        workers.run(tasks: across * down) { task in
            let row = task / across * GemmTile.rows
            let column = task % across * GemmTile.columns
            let size = (
                rows: min(GemmTile.rows, rows - row), columns: min(GemmTile.columns, range.count - column),
                depth: depth
            )
            BLAS.multiply(
                size, BLAS.Matrix(base: x + row * depth, stride: depth),
                BLAS.Matrix(base: weight.pointer + column * depth, stride: depth), transposed: true, beta: 1,
                into: result + row * columns + range.lowerBound + column, stride: columns)
        }
    }
}
