internal import CKernels

/// How a product in a narrow format is cut into tasks, in panels of rows and blocks of columns: what a task holds of rows
/// and sums stays in the second level of the cache. Never depends on the number of threads.
struct ProductTiles {
    let rows: Int
    let columns: Int
    /// Rows that a kernel takes at a time.
    let panel: Int
    /// Rows of a task, in whole panels.
    private let taskRows: Int

    private static let taskColumns = 8 * WeightBlocks.columns
    private static let mostRows = 240
    private static let mostRowsOfSquares = 384

    init(rows: Int, columns: Int, panel: Int = Int(CKERNELS_PANEL)) {
        (self.rows, self.columns, self.panel) = (rows, columns, panel)
        let most = panel > Int(CKERNELS_PANEL) ? Self.mostRowsOfSquares : Self.mostRows
        let down = max(1, (rows + most - 1) / most)
        taskRows = roundedUp((rows + down - 1) / down, panel)
    }

    private var across: Int { (columns + Self.taskColumns - 1) / Self.taskColumns }

    var count: Int { across * ((rows + taskRows - 1) / taskRows) }

    /// Rows and columns of the largest task, in whole panels and blocks.
    var largest: (rows: Int, columns: Int) {
        (roundedUp(min(rows, taskRows), panel), WeightBlocks.padded(min(columns, Self.taskColumns)))
    }

    subscript(task: Int) -> (rows: Range<Int>, columns: Range<Int>) {
        let (row, column) = (task / across * taskRows, task % across * Self.taskColumns)
        return (row..<min(rows, row + taskRows), column..<min(columns, column + Self.taskColumns))
    }
}
