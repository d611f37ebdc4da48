import Foundation
package import Pictures
package import Tensors

/// A clip before it becomes a file: its frames, without the losses of a codec, and its latent.
package struct MeasuredClip: Sendable {
    package let frames: [Frame]
    /// `[z, f, h, w]`
    package let latent: Tensor

    package init(frames: [Frame], latent: Tensor) {
        self.frames = frames
        self.latent = latent
    }

    /// - Parameter workers: share the frames
    package func quality(against expected: MeasuredClip, on workers: Workers) -> ClipQuality {
        let flicker = Self.flicker(frames)
        let expectedFlicker = Self.flicker(expected.frames)
        let sameSize =
            frames.count == expected.frames.count
            && zip(frames, expected.frames).allSatisfy { $0.width == $1.width && $0.height == $1.height }
        return ClipQuality(
            latentRelativeL2: latent.shape == expected.latent.shape
                ? relativeDifference(latent, expected.latent) : nil,
            psnr: sameSize ? peakSignalToNoise(frames, expected.frames) : nil,
            ssim: sameSize ? structuralSimilarity(frames, expected.frames, on: workers) : nil,
            flicker: flicker, flickerRatio: expectedFlicker > 0 ? flicker / expectedFlicker : nil)
    }

    /// Mean absolute difference of successive frames; 0 for a single frame.
    private static func flicker(_ frames: [Frame]) -> Double {
        let differences = zip(frames, frames.dropFirst()).map { a, b in
            zip(a.pixels, b.pixels).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
        }
        let values = frames.dropFirst().reduce(0) { $0 + $1.pixels.count }
        return values == 0 ? 0 : Double(differences.reduce(0, +)) / Double(values)
    }
}

/// L2 norm of the difference over that of what was expected; infinity where a value is NaN.
package func relativeDifference(_ found: Tensor, _ expected: Tensor) -> Double {
    var difference = 0.0
    var norm = 0.0
    for (a, b) in zip(found.values, expected.values) {
        difference += (Double(a) - Double(b)) * (Double(a) - Double(b))
        norm += Double(b) * Double(b)
    }
    let error = (difference / norm).squareRoot()
    return error.isNaN ? (difference == 0 ? 0 : .infinity) : error
}

/// Decibels over all values of clips of equal size.
func peakSignalToNoise(_ found: [Frame], _ expected: [Frame]) -> Double {
    var squares = 0
    var count = 0
    for (a, b) in zip(found, expected) {
        count += a.pixels.count
        for (x, y) in zip(a.pixels, b.pixels) { squares += (Int(x) - Int(y)) * (Int(x) - Int(y)) }
    }
    guard squares > 0 else { return ClipQuality.identical }
    return 10 * log10(255 * 255 * Double(count) / Double(squares))
}

/// Mean over frames of clips of equal size.
func structuralSimilarity(_ found: [Frame], _ expected: [Frame], on workers: Workers) -> Double {
    let values = FrameValues(count: found.count)
    workers.run(tasks: found.count) { values[$0] = StructuralSimilarity.mean(found[$0], expected[$0]) }
    return values.sum / Double(found.count)
}

/// A number for each frame, written by several threads, each its own.
private final class FrameValues: @unchecked Sendable {
    private let values: UnsafeMutableBufferPointer<Double>

    init(count: Int) {
        values = .allocate(capacity: count)
        values.initialize(repeating: 0)
    }

    deinit { values.deallocate() }

    subscript(frame: Int) -> Double {
        get { values[frame] }
        set { values[frame] = newValue }
    }

    /// In the order of the frames.
    var sum: Double { values.reduce(0, +) }
}
