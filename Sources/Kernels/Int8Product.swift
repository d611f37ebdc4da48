internal import CKernels
internal import Tensors

/// How a product of 8-bit integers is cut into tasks, in panels of rows and blocks of columns: what a task holds of the
/// rows stays in the cache while it goes through its columns. Never depends on the number of threads.
private enum Int8Tile {
    static let rows = 20 * QuantizedRows.panelRows
    static let columns = 8 * QuantizedWeight.blockColumns
}

/// A product of 8-bit integers, summed exactly in 32 bits and scaled back to fp32.
func multiplyInt8(
    _ x: QuantizedRows, _ weight: QuantizedWeight, _ ending: ProductEnding,
    into target: UnsafeMutablePointer<Float>, on workers: Workers
) {
    precondition(x.depth == weight.depth, "rows of \(x.depth) values meet a weight of \(weight.depth)")
    let across = (weight.columns + Int8Tile.columns - 1) / Int8Tile.columns
    let down = (x.rows + Int8Tile.rows - 1) / Int8Tile.rows
    withProduct(x, weight, ending, into: target) { product in
        workers.run(tasks: across * down) { task in
            var product = product
            let (row, column) = (task / across * Int8Tile.rows, task % across * Int8Tile.columns)
            simd.multiply_int8(
                &product, row, min(x.rows, row + Int8Tile.rows), column,
                min(weight.columns, column + Int8Tile.columns))
        }
    }
}

private func withProduct(
    _ x: QuantizedRows, _ weight: QuantizedWeight, _ ending: ProductEnding,
    into target: UnsafeMutablePointer<Float>, _ body: (ckernels_int8_product) -> Void
) {
    x.panels.withPointer { panels in
        x.scales.read { rowScales in
            weight.blocks.withPointer { blocks in
                weight.scales.read { columnScales in
                    weight.sums.withPointer { sums in
                        body(
                            ckernels_int8_product(
                                panels: panels.assumingMemoryBound(to: UInt8.self),
                                row_scales: rowScales.pointer,
                                blocks: blocks.assumingMemoryBound(to: Int8.self),
                                column_scales: columnScales.pointer,
                                column_sums: sums.assumingMemoryBound(to: Int32.self), depth: x.depth,
                                ending: ending.into(target, stride: weight.columns)))
                    }
                }
            }
        }
    }
}

/// Pointers to operands that nobody writes to, and to a result whose parts have one writer each.
extension ckernels_int8_product: @retroactive @unchecked Sendable {}
