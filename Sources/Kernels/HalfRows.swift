internal import CKernels
package import Tensors

/// Rows for products with a ``HalfWeight``: as they are, and the power of two that each is divided by before the product
/// rounds it to half, part by part. No copy of them is made.
package struct HalfRows: Sendable {
    let values: Tensor
    let scales: Tensor

    /// - Parameter x: `[rows, depth]`
    package init(_ x: Tensor, on workers: Workers) {
        let (rows, depth) = (x.shape[0], x.width)
        var scales = Tensor(uninitialized: [rows])
        x.read { x in
            scales.write { scales in
                workers.run(over: rows, grain: rowsPerTask(width: depth)) { part in
                    for row in part {
                        scales.pointer[row] = simd.half_scale(x.pointer + row * depth, 1, depth, 0)
                    }
                }
            }
        }
        (values, self.scales) = (x, scales)
    }
}
