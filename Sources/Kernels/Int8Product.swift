internal import CKernels
internal import Tensors

/// A product of 8-bit integers, summed exactly in 32 bits and scaled back to fp32.
func multiplyInt8(
    _ x: QuantizedRows, _ weight: QuantizedWeight, _ ending: ProductEnding,
    into target: UnsafeMutablePointer<Float>, on workers: Workers
) {
    precondition(x.depth == weight.depth, "rows of \(x.depth) values meet a weight of \(weight.depth)")
    let tiles = ProductTiles(rows: x.rows, columns: weight.columns, panel: Int(simd.int8_rows))
    withProduct(x, weight, ending, into: target) { product in
        @Sendable func multiply(_ task: Int, _ sums: UnsafeMutablePointer<Int32>?) {
            var product = product
            let (rows, columns) = tiles[task]
            simd.multiply_int8(
                &product, rows.lowerBound, rows.upperBound, columns.lowerBound, columns.upperBound, sums)
        }
        guard simd.keeps_int8_sums != 0 else {
            return workers.run(tasks: tiles.count) { task in multiply(task, nil) }
        }
        let scratch = tiles.largest.rows * tiles.largest.columns
        workers.run(tasks: tiles.count, scratch: scratch) { task, sums in
            sums.withMemoryRebound(to: Int32.self, capacity: scratch) { multiply(task, $0) }
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
