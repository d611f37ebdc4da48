import Foundation
package import Tensors

/// Largest absolute difference; infinity when the shapes differ or any value is NaN.
package func largestDifference(_ found: Tensor, _ expected: Tensor) -> Float {
    guard found.shape == expected.shape else { return .infinity }
    var largest: Float = 0
    for (a, b) in zip(found.values, expected.values) {
        let difference = abs(a - b)
        guard !difference.isNaN else { return .infinity }
        largest = max(largest, difference)
    }
    return largest
}

/// L2 norm of the difference over L2 norm of what was expected; infinity when the shapes differ or any value
/// is NaN.
package func relativeError(_ found: Tensor, _ expected: Tensor) -> Double {
    guard found.shape == expected.shape else { return .infinity }
    var difference = 0.0
    var norm = 0.0
    for (a, b) in zip(found.values, expected.values) {
        difference += pow(Double(a) - Double(b), 2)
        norm += pow(Double(b), 2)
    }
    let error = (difference / max(norm, .leastNormalMagnitude)).squareRoot()
    return error.isNaN ? .infinity : error
}
