internal import CKernels
package import Tensors

/// Rows in 8 bits, each with a scale of its own, laid out in panels of 12 rows for products with a ``QuantizedWeight``.
package struct QuantizedRows: Sendable {
    package let rows: Int
    package let depth: Int
    let panels: Bytes
    let scales: Tensor

    static let panelRows = Int(CKERNELS_PANEL)

    /// - Parameter x: `[rows, depth]`
    package init(_ x: Tensor, on workers: Workers) {
        let (rows, depth) = (x.shape[0], x.shape[1])
        (self.rows, self.depth) = (rows, depth)
        let panelBytes = Self.panelRows * groups(of: depth) * 4
        let count = (rows + Self.panelRows - 1) / Self.panelRows
        let panels = Bytes(uninitialized: count * panelBytes)
        var scales = Tensor(uninitialized: [rows])
        x.read { x in
            scales.write { scales in
                panels.withPointer { panels in
                    let panels = Shared(pointer: panels)
                    workers.run(over: rows, grain: Self.panelRows) { part in
                        let panel = panels.pointer + part.lowerBound / Self.panelRows * panelBytes
                        for row in part {
                            let place = panel + (row - part.lowerBound) * 4
                            scales.pointer[row] = simd.quantise_row(x.pointer + row * depth, depth, place)
                        }
                    }
                }
            }
        }
        self.panels = panels
        self.scales = scales
    }
}

/// Groups of four values that a depth takes.
func groups(of depth: Int) -> Int { (depth + 3) / 4 }
