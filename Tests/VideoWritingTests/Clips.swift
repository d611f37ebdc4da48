import Foundation
import Pictures
import VideoWriting

/// A directory of its own for each test; it goes with the last reference.
final class Scratch {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "VideoWritingTests-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    subscript(name: String) -> String { path + "/" + name }

    /// Names of all that lies in it, hidden files included.
    var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path).sorted()) ?? [] }
}

enum Clip {
    /// A disc that crosses a soft gradient; frames differ, and no frame is like another turned around.
    static func frame(_ index: Int, width: Int = 64, height: Int = 64) -> Frame {
        var pixels: [UInt8] = []
        let centerX = 10 + Double(index) * Double(width - 20) / 16
        let centerY = Double(height) / 2 + 8 * sin(Double(index) / 3)
        for y in 0..<height {
            for x in 0..<width {
                let distance = hypot(Double(x) - centerX, Double(y) - centerY)
                let cover = min(max(9 - distance, 0), 1)
                let right = Double(x) / Double(width)
                let down = Double(y) / Double(height)
                let back = [40 + 120 * right, 60 + 100 * down, 150]
                let disc = [240.0, 200, 40]
                for channel in 0..<3 {
                    pixels.append(UInt8(back[channel] * (1 - cover) + disc[channel] * cover))
                }
            }
        }
        return Frame(width: width, height: height, pixels: pixels)
    }

    static func plain(_ color: [UInt8], width: Int = 64, height: Int = 64) -> Frame {
        Frame(width: width, height: height, pixels: (0..<width * height).flatMap { _ in color })
    }

    /// Uniform noise, which no codec makes small.
    static func noise(_ index: Int, width: Int, height: Int) -> Frame {
        var state = UInt32(truncatingIfNeeded: index + 1)
        let pixels = (0..<width * height * 3).map { _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return UInt8(state >> 24)
        }
        return Frame(width: width, height: height, pixels: pixels)
    }

    static func write(
        _ frames: [Frame], to path: String, framesPerSecond: Int = 16, recipe: String = "{}"
    ) throws {
        let writer = try VideoWriter(
            path: path, width: frames[0].width, height: frames[0].height, framesPerSecond: framesPerSecond,
            recipe: recipe)
        for frame in frames { try writer.write(frame) }
        try writer.finish()
    }

    /// Largest difference of a channel at any pixel.
    static func largestDifference(_ a: Frame, _ b: Frame) -> Int {
        guard a.width == b.width, a.height == b.height else { return .max }
        return zip(a.pixels, b.pixels).map { abs(Int($0) - Int($1)) }.max() ?? .max
    }

    /// Peak signal-to-noise ratio in decibels; 0 for other sizes.
    static func likeness(_ a: Frame, _ b: Frame) -> Double {
        guard a.width == b.width, a.height == b.height else { return 0 }
        let error = zip(a.pixels, b.pixels).reduce(0) { sum, pair in
            let difference = Int(pair.0) - Int(pair.1)
            return sum + difference * difference
        }
        return 10 * log10(255 * 255 * Double(a.pixels.count) / max(Double(error), 1e-9))
    }
}
