internal import CKernels
internal import Tensors

/// How a product in half is cut into tasks, in panels of rows and blocks of columns: what a task holds of rows and sums
/// stays in the second level of the cache. Never depends on the number of threads.
private enum HalfTile {
    static let rows = 20 * Int(CKERNELS_PANEL)
    static let columns = 8 * HalfWeight.blockColumns
}

/// A product of halves, summed in fp32; native multiplications of halves sum short runs in half first.
func multiplyHalves(
    _ x: HalfRows, _ weight: HalfWeight, _ ending: ProductEnding, into target: UnsafeMutablePointer<Float>,
    on workers: Workers
) {
    let (rows, depth) = (x.values.shape[0], x.values.width)
    precondition(depth == weight.depth, "rows of \(depth) values meet a weight of \(weight.depth)")
    let across = (weight.columns + HalfTile.columns - 1) / HalfTile.columns
    let down = (rows + HalfTile.rows - 1) / HalfTile.rows
    let most = roundedUp(min(rows, HalfTile.rows), Int(CKERNELS_PANEL))
    let wide = roundedUp(min(weight.columns, HalfTile.columns), HalfWeight.blockColumns)
    withProduct(x, weight, ending, into: target) { product in
        workers.run(tasks: across * down, scratch: most * (wide + Int(CKERNELS_HALF_DEPTH))) {
            task, scratch in
            var product = product
            let (row, column) = (task / across * HalfTile.rows, task % across * HalfTile.columns)
            simd.multiply_half(
                &product, row, min(rows, row + HalfTile.rows), column,
                min(weight.columns, column + HalfTile.columns), scratch)
        }
    }
}

private func withProduct(
    _ x: HalfRows, _ weight: HalfWeight, _ ending: ProductEnding, into target: UnsafeMutablePointer<Float>,
    _ body: (ckernels_half_product) -> Void
) {
    x.values.read { values in
        x.scales.read { rowScales in
            weight.blocks.withPointer { blocks in
                weight.scales.read { columnScales in
                    body(
                        ckernels_half_product(
                            rows: values.pointer, row_scales: rowScales.pointer,
                            blocks: blocks.assumingMemoryBound(to: UInt16.self),
                            column_scales: columnScales.pointer, depth: weight.depth,
                            ending: ending.into(target, stride: weight.columns)))
                }
            }
        }
    }
}

/// Pointers to operands that nobody writes to, and to a result whose parts have one writer each.
extension ckernels_half_product: @retroactive @unchecked Sendable {}
