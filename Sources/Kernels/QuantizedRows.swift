internal import CKernels
package import Tensors

/// Rows in 8 bits, each with a scale of its own, laid out in the panels of the kernels for products with a ``QuantizedWeight``.
package struct QuantizedRows: Sendable {
    package let rows: Int
    package let depth: Int
    let panels: Bytes
    let scales: Tensor

    static let panelRows = Int(simd.int8_panel)

    /// - Parameter x: `[rows, depth]`
    package init(_ x: Tensor, on workers: Workers) {
        let (rows, depth) = (x.shape[0], x.shape[1])
        (self.rows, self.depth) = (rows, depth)
        let panelBytes = Self.panelRows * groups(of: depth) * 4
        let count = roundedUp(rows, Int(simd.int8_rows)) / Self.panelRows
        let panels = Bytes(uninitialized: count * panelBytes)
        var scales = Tensor(uninitialized: [rows])
        x.read { x in
            scales.write { scales in
                panels.withPointer { panels in
                    let panels = Shared(pointer: panels)
                    workers.run(over: rows, grain: Int(simd.int8_rows)) { part in
                        for row in part {
                            let panel = panels.pointer + row / Self.panelRows * panelBytes
                            let place = panel + row % Self.panelRows * Int(simd.int8_group)
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

/// Groups of four values that a depth takes, those included that it is filled up with.
func groups(of depth: Int) -> Int { roundedUp(depth, Int(simd.int8_group)) / 4 }
