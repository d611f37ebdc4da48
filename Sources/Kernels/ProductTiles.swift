internal import CKernels

/// How a product in a narrow format is cut into tasks, in panels of rows and blocks of columns: what a task holds of rows
/// and sums stays in the second level of the cache. Never depends on the number of threads.
struct ProductTiles {
    let rows: Int
    let columns: Int

    private static let mostRows = 20 * Int(CKERNELS_PANEL)
    private static let mostColumns = 8 * WeightBlocks.columns

    private var across: Int { (columns + Self.mostColumns - 1) / Self.mostColumns }

    var count: Int { across * ((rows + Self.mostRows - 1) / Self.mostRows) }

    /// Rows and columns of the largest task, in whole panels and blocks.
    var largest: (rows: Int, columns: Int) {
        (
            roundedUp(min(rows, Self.mostRows), Int(CKERNELS_PANEL)),
            WeightBlocks.padded(min(columns, Self.mostColumns))
        )
    }

    subscript(task: Int) -> (rows: Range<Int>, columns: Range<Int>) {
        let (row, column) = (task / across * Self.mostRows, task % across * Self.mostColumns)
        return (
            row..<min(rows, row + Self.mostRows), column..<min(columns, column + Self.mostColumns)
        )
    }
}
