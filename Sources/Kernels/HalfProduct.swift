internal import CKernels
internal import Tensors

/// A product of halves, summed in fp32; native multiplications of halves sum short runs in half first.
func multiplyHalves(
    _ x: HalfRows, _ weight: HalfWeight, _ ending: ProductEnding, into target: UnsafeMutablePointer<Float>,
    on workers: Workers
) {
    let (rows, depth) = (x.values.shape[0], x.values.width)
    precondition(depth == weight.depth, "rows of \(depth) values meet a weight of \(weight.depth)")
    let tiles = ProductTiles(rows: rows, columns: weight.columns)
    let scratch = tiles.largest.rows * (tiles.largest.columns + Int(CKERNELS_HALF_DEPTH))
    withProduct(x, weight, ending, into: target) { product in
        workers.run(tasks: tiles.count, scratch: scratch) { task, scratch in
            var product = product
            let (rows, columns) = tiles[task]
            simd.multiply_half(
                &product, rows.lowerBound, rows.upperBound, columns.lowerBound, columns.upperBound, scratch)
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
