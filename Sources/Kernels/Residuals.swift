package import Tensors

extension Tensor {
    /// `self - other`, element by element.
    ///
    /// - Parameter other: of the same shape
    package func difference(from other: Tensor, on workers: Workers) -> Tensor {
        precondition(other.shape == shape, "\(other.shape) cannot be taken from \(shape)")
        var result = self
        let width = width
        other.read { other in
            result.changeRows(on: workers) { row, target in
                let values = other.pointer + row * width
                for column in 0..<width { target[column] -= values[column] }
            }
        }
        return result
    }

    /// `Σ |self - other| / Σ |other|`: how far a tensor has moved from an earlier one, as a share of that.
    ///
    /// Summed in Double, row by row in order, so that it is the same for any number of threads.
    ///
    /// - Parameter other: of the same shape
    /// - Returns: 0 or more; NaN where both sums are 0 or a value is NaN
    package func relativeChange(from other: Tensor, on workers: Workers) -> Double {
        precondition(other.shape == shape, "\(shape) is no change of \(other.shape)")
        let (width, rows) = (width, width == 0 ? 0 : count / width)
        let sums = UnsafeMutableBufferPointer<(change: Double, size: Double)>.allocate(capacity: rows)
        defer { sums.deallocate() }
        sums.initialize(repeating: (0, 0))
        let shared = Shared(pointer: sums)
        read { found in
            other.read { earlier in
                workers.run(over: rows, grain: max(1, 16_384 / max(1, width))) { part in
                    for row in part {
                        let (found, earlier) = (found.pointer + row * width, earlier.pointer + row * width)
                        for column in 0..<width {
                            shared.pointer[row].change += abs(Double(found[column]) - Double(earlier[column]))
                            shared.pointer[row].size += abs(Double(earlier[column]))
                        }
                    }
                }
            }
        }
        let total = sums.reduce((change: 0.0, size: 0.0)) { ($0.change + $1.change, $0.size + $1.size) }
        return total.change / total.size
    }
}
