/// Linear resizing of one axis as a matrix, and its pseudo-inverse; in Double, for the few cells of a patch.
///
/// Samples lie at the centres of cells. Where cells become fewer, the triangle of the interpolation is as wide as
/// they become; at the ends weights add up to 1 without what would lie outside.
///
/// - Source: `jax.image.resize` with "linear" and its antialiasing, which FlexiViT resizes patches with (Beyer et
///   al., arXiv 2212.08013, section 3.4); torch's `interpolate` gives the same
package struct ResizeMatrix: Equatable, Sendable {
    package let rows: Int
    package let columns: Int
    /// Row by row.
    package let values: [Double]

    /// From `columns` cells to `rows`.
    package init(from columns: Int, to rows: Int) {
        let scale = Double(columns) / Double(rows)
        let reach = max(1, scale)
        let weights = (0..<rows).flatMap { row in
            let center = (Double(row) + 0.5) * scale - 0.5
            let weights = (0..<columns).map { max(0, 1 - abs(Double($0) - center) / reach) }
            let sum = weights.reduce(0, +)
            return weights.map { $0 / sum }
        }
        self.init(rows: rows, columns: columns, values: weights)
    }

    private init(rows: Int, columns: Int, values: [Double]) {
        (self.rows, self.columns, self.values) = (rows, columns, values)
    }

    package subscript(row: Int, column: Int) -> Double { values[row * columns + column] }

    var transposed: ResizeMatrix {
        let values = (0..<columns).flatMap { column in (0..<rows).map { self[$0, column] } }
        return ResizeMatrix(rows: columns, columns: rows, values: values)
    }

    /// `(BᵀB)⁻¹Bᵀ` where cells become more, `Bᵀ(BBᵀ)⁻¹` where they become fewer: a resizing has full rank, because
    /// neighbouring samples never share all the cells they see.
    package var pseudoInverse: ResizeMatrix {
        rows >= columns ? transposed.solvingNormalEquations() : solvingNormalEquations().transposed
    }

    /// `(AAᵀ)⁻¹A` by a Cholesky factor of `AAᵀ`.
    private func solvingNormalEquations() -> ResizeMatrix {
        var factor = [[Double]](repeating: [Double](repeating: 0, count: rows), count: rows)
        for row in 0..<rows {
            for column in 0...row {
                var sum = (0..<columns).reduce(0) { $0 + self[row, $1] * self[column, $1] }
                for inner in 0..<column { sum -= factor[row][inner] * factor[column][inner] }
                precondition(row != column || sum > 0, "a resizing to or from \(rows) cells has full rank")
                factor[row][column] = row == column ? sum.squareRoot() : sum / factor[column][column]
            }
        }
        var solved = (0..<rows).map { row in (0..<columns).map { self[row, $0] } }
        for row in 0..<rows {
            for inner in 0..<row { solved[row].subtract(solved[inner], times: factor[row][inner]) }
            solved[row].divide(by: factor[row][row])
        }
        for row in (0..<rows).reversed() {
            for inner in row + 1..<rows { solved[row].subtract(solved[inner], times: factor[inner][row]) }
            solved[row].divide(by: factor[row][row])
        }
        return ResizeMatrix(rows: rows, columns: columns, values: solved.flatMap { $0 })
    }

    /// The product along one axis of an array.
    ///
    /// - Parameters:
    ///   - array: row-major, with `columns` values along the axis
    ///   - inner: values of the axes behind it
    func product(along array: [Double], inner: Int) -> [Double] {
        let outer = array.count / (columns * inner)
        var result = [Double](repeating: 0, count: outer * rows * inner)
        for block in 0..<outer {
            for row in 0..<rows {
                let target = (block * rows + row) * inner
                for column in 0..<columns {
                    let (weight, source) = (self[row, column], (block * columns + column) * inner)
                    for index in 0..<inner { result[target + index] += weight * array[source + index] }
                }
            }
        }
        return result
    }
}

extension [Double] {
    fileprivate mutating func subtract(_ other: [Double], times factor: Double) {
        for index in indices { self[index] -= factor * other[index] }
    }

    fileprivate mutating func divide(by divisor: Double) {
        for index in indices { self[index] /= divisor }
    }
}
