import Foundation
package import Pictures

/// Structural similarity of pictures, 1 for equal ones: of luminance, contrast and structure in windows around
/// each pixel, on each colour by itself.
///
/// - Source: Wang, Bovik, Sheikh, Simoncelli, "Image quality assessment: from error visibility to structural
///   similarity", IEEE TIP 2004, section III: Gaussian window of 11 pixels with deviation 1.5, K1 0.01, K2 0.03.
///   Pixels beyond the border are mirrored at the outermost ones, as OpenCV does, so that every pixel has a window.
package struct StructuralSimilarity {
    private static let reach = 5
    private static let deviation = 1.5
    private static let luminanceGuard = 0.01 * 255 * 0.01 * 255
    private static let contrastGuard = 0.03 * 255 * 0.03 * 255

    private static let window: [Double] = {
        let weights = (-reach...reach).map { exp(-Double($0 * $0) / (2 * deviation * deviation)) }
        let sum = weights.reduce(0, +)
        return weights.map { $0 / sum }
    }()

    private let width: Int
    private let height: Int

    /// Mean over pixels and colours.
    ///
    /// - Precondition: both frames have the same size
    package static func mean(_ found: Frame, _ expected: Frame) -> Double {
        let size = StructuralSimilarity(width: found.width, height: found.height)
        return (0..<3).reduce(0) { $0 + size.mean(found, expected, color: $1) } / 3
    }

    private func mean(_ found: Frame, _ expected: Frame, color: Int) -> Double {
        let a = plane(of: found, color), b = plane(of: expected, color)
        let meanA = smooth(a), meanB = smooth(b)
        let squareA = smooth(zip(a, a).map(*)), squareB = smooth(zip(b, b).map(*)),
            product = smooth(zip(a, b).map(*))
        var sum = 0.0
        for pixel in a.indices {
            let (x, y) = (meanA[pixel], meanB[pixel])
            let variances = (squareA[pixel] - x * x) + (squareB[pixel] - y * y)
            let covariance = product[pixel] - x * y
            sum +=
                (2 * x * y + Self.luminanceGuard) * (2 * covariance + Self.contrastGuard)
                / ((x * x + y * y + Self.luminanceGuard) * (variances + Self.contrastGuard))
        }
        return sum / Double(a.count)
    }

    private func plane(of frame: Frame, _ color: Int) -> [Double] {
        (0..<width * height).map { Double(frame.pixels[$0 * 3 + color]) }
    }

    /// Means under the window, along rows and then along columns.
    private func smooth(_ plane: [Double]) -> [Double] {
        var rows = [Double](repeating: 0, count: plane.count)
        var result = rows
        let columnTaps = Self.taps(width), rowTaps = Self.taps(height)
        for row in 0..<height {
            for column in 0..<width {
                var sum = 0.0
                for (tap, weight) in Self.window.enumerated() {
                    sum += weight * plane[row * width + columnTaps[column + tap]]
                }
                rows[row * width + column] = sum
            }
        }
        for row in 0..<height {
            for (tap, weight) in Self.window.enumerated() {
                let source = rowTaps[row + tap] * width
                for column in 0..<width { result[row * width + column] += weight * rows[source + column] }
            }
        }
        return result
    }

    /// The pixels at `-reach ..< size + reach`, mirrored: -1 is 1, and `size` is `size - 2`.
    private static func taps(_ size: Int) -> [Int] {
        (-reach..<size + reach).map { place in
            guard size > 1 else { return 0 }
            let period = 2 * (size - 1)
            let inside = (place % period + period) % period
            return min(inside, period - inside)
        }
    }
}
