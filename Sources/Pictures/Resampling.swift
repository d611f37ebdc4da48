import Foundation

/// A filter that turns pictures of one size into pictures of another.
package enum ResamplingFilter: Sendable {
    /// Keys' cubic with a = -0.5: what image encoders were trained behind.
    case bicubic
    /// Windowed sinc over three pixels to each side, the sharpest: what diffusers takes for pictures.
    case lanczos

    /// Pixels to each side, at the scale of the smaller picture.
    var support: Double { self == .bicubic ? 2 : 3 }

    func weight(at x: Double) -> Double {
        let x = abs(x)
        guard x < support else { return 0 }
        switch self {
        case .bicubic where x < 1: return (1.5 * x - 2.5) * x * x + 1
        case .bicubic: return ((-0.5 * x + 2.5) * x - 4) * x + 2
        case .lanczos: return x == 0 ? 1 : Self.sinc(x) * Self.sinc(x / 3)
        }
    }

    private static func sinc(_ x: Double) -> Double { sin(x * .pi) / (x * .pi) }
}

extension Frame {
    /// The same picture with other numbers of pixels; each axis is scaled by its own factor. Where it gets
    /// smaller the filter gets as much wider, so that nothing is skipped.
    ///
    /// - Precondition: both sides are at least 1
    /// - Source: Pillow 13.0 `src/libImaging/Resample.c`, `ImagingResample`: both axes in whole numbers and
    ///   rounded to 8 bits. Across comes first here; where Pillow goes down first, its last bit differs.
    package func resampled(width: Int, height: Int, by filter: ResamplingFilter) -> Frame {
        precondition(width >= 1 && height >= 1, "a frame has at least one pixel, not \(width)x\(height)")
        var frame = self
        if width != frame.width {
            let weights = AxisWeights(from: frame.width, to: width, filter)
            frame = Frame(
                width: width, height: frame.height,
                pixels: weights.applyAcross(to: frame.pixels, rowBytes: frame.width * 3))
        }
        if height != frame.height {
            let weights = AxisWeights(from: frame.height, to: height, filter)
            frame = Frame(
                width: width, height: height, pixels: weights.applyDown(to: frame.pixels, rowBytes: width * 3)
            )
        }
        return frame
    }

    /// The part of the picture that begins at a pixel.
    ///
    /// - Precondition: the part lies inside
    package func cropped(left: Int, top: Int, width: Int, height: Int) -> Frame {
        precondition(
            left >= 0 && top >= 0 && left + width <= self.width && top + height <= self.height,
            "\(width)x\(height) from \(left), \(top) leaves \(self.width)x\(self.height)")
        var part: [UInt8] = []
        part.reserveCapacity(width * height * 3)
        for row in top..<top + height {
            let first = (row * self.width + left) * 3
            part += pixels[first..<first + width * 3]
        }
        return Frame(width: width, height: height, pixels: part)
    }
}

/// The pixels of the source that make each pixel of the target along one axis, and their weights in 2^-22.
private struct AxisWeights {
    private static let bits = 22
    private var taps: [(first: Int, weights: [Int32])] = []

    init(from source: Int, to target: Int, _ filter: ResamplingFilter) {
        let scale = Double(source) / Double(target)
        let widening = max(1, scale)
        let support = filter.support * widening
        for index in 0..<target {
            let center = (Double(index) + 0.5) * scale
            let first = max(0, Int(center - support + 0.5))
            let end = min(source, Int(center + support + 0.5))
            var weights = (first..<end).map { filter.weight(at: (Double($0) - center + 0.5) / widening) }
            let sum = weights.reduce(0, +)
            if sum != 0 { weights = weights.map { $0 / sum } }
            taps.append((first, weights.map(Self.fixedPoint)))
        }
    }

    private static func fixedPoint(_ weight: Double) -> Int32 {
        Int32(weight * Double(1 << bits) + (weight < 0 ? -0.5 : 0.5))
    }

    /// Along each row.
    func applyAcross(to pixels: [UInt8], rowBytes: Int) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(pixels.count / rowBytes * taps.count * 3)
        pixels.withUnsafeBufferPointer { pixels in
            for row in stride(from: 0, to: pixels.count, by: rowBytes) {
                for (first, weights) in taps {
                    for channel in 0..<3 {
                        var sum = Int32(1) << (Self.bits - 1)
                        for (tap, weight) in weights.enumerated() {
                            sum &+= weight &* Int32(pixels[row + (first + tap) * 3 + channel])
                        }
                        result.append(Self.byte(sum))
                    }
                }
            }
        }
        return result
    }

    /// Down, a whole row at a time.
    func applyDown(to pixels: [UInt8], rowBytes: Int) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(taps.count * rowBytes)
        var sums = [Int32](repeating: 0, count: rowBytes)
        pixels.withUnsafeBufferPointer { pixels in
            for (first, weights) in taps {
                for column in sums.indices { sums[column] = 1 << (Self.bits - 1) }
                for (row, weight) in weights.enumerated() {
                    let start = (first + row) * rowBytes
                    for column in sums.indices { sums[column] &+= weight &* Int32(pixels[start + column]) }
                }
                for sum in sums { result.append(Self.byte(sum)) }
            }
        }
        return result
    }

    private static func byte(_ sum: Int32) -> UInt8 { UInt8(clamping: sum >> Self.bits) }
}
