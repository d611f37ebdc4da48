import Foundation
import Pictures
import Testing
import VideoWriting

struct GIFTests {
    private let scratch: Scratch
    init() throws { scratch = try Scratch() }

    /// Frames of up to 255 colours lose nothing. The first palette returns after another one: a decoder must
    /// not take pixels of the second for pixels of the first.
    @Test(arguments: [[0, 1, 0], [0, 1, 0, 0, 1, 1, 0], [0, 0, 1, 2, 1, 0]])
    func fewColorsAreExact(order: [Int]) throws {
        let scenes = (0..<3).map { scene in
            Frame(
                width: 32, height: 32,
                pixels: (0..<32 * 32).flatMap { pixel -> [UInt8] in
                    let step = pixel * 7 / 32 % 255
                    let level = UInt8(step)
                    return [[level, 0, 9], [0, level, 200], [level, 255 - level, 100]][scene]
                })
        }
        let frames = order.map { scenes[$0] }
        try Clip.write(frames, to: scratch["clip.gif"])
        let found = try readFrames(from: scratch["clip.gif"])
        #expect(zip(found, frames).map { Clip.largestDifference($0, $1) } == frames.map { _ in 0 })
    }

    /// A gradient in two directions has thousands of colours; mixed from 255 it keeps its tone: the mean over
    /// 8x8 pixels is off by less than two levels.
    @Test func gradientsAreMixed() throws {
        let frame = Clip.frame(0, width: 128, height: 96)
        try Clip.write([frame], to: scratch["clip.gif"])
        let found = try #require(try readFrames(from: scratch["clip.gif"]).first)
        #expect(Clip.likeness(found, frame) > 36)
        for row in stride(from: 0, to: 96, by: 8) {
            for column in stride(from: 40, to: 128, by: 8) {
                let difference = zip(mean(found, row, column), mean(frame, row, column)).map { abs($0 - $1) }
                #expect(difference.allSatisfy { $0 < 2 }, "\(row) \(column) \(difference)")
            }
        }
    }

    private func mean(_ frame: Frame, _ row: Int, _ column: Int) -> [Double] {
        (0..<3).map { channel in
            let sum = (0..<64).reduce(0) { sum, pixel in
                let index = (row + pixel / 8) * frame.width + column + pixel % 8
                return sum + Int(frame.pixels[index * 3 + channel])
            }
            return Double(sum) / 64
        }
    }

    /// What stands still must not flicker while something else moves.
    @Test func stillPartsStayStill() throws {
        let frames = (0..<12).map { Clip.frame($0) }
        try Clip.write(frames, to: scratch["clip.gif"])
        let found = try readFrames(from: scratch["clip.gif"])
        let changed = zip(found, found.dropFirst()).map { before, after in
            // The lowest rows, which the disc never reaches.
            zip(before.pixels.suffix(64 * 3 * 8), after.pixels.suffix(64 * 3 * 8)).filter { $0 != $1 }.count
        }
        #expect(changed.filter { $0 == 0 }.count >= 6, "\(changed)")
    }

    /// Delays are whole hundredths of a second and add up to the length of the clip.
    @Test(arguments: [(16, 17, 106), (24, 24, 100), (30, 30, 100), (50, 10, 20), (1, 2, 200), (7, 7, 100)])
    func delaysAddUp(framesPerSecond: Int, count: Int, hundredths: Int) throws {
        try Clip.write(
            (0..<count).map { Clip.frame($0 % 17) }, to: scratch["clip.gif"], framesPerSecond: framesPerSecond
        )
        let file = [UInt8](try Data(contentsOf: URL(fileURLWithPath: scratch["clip.gif"])))
        let delays = file.indices.filter { $0 + 5 < file.count && file[$0..<$0 + 3] == [0x21, 0xF9, 4] }
            .map { Int(file[$0 + 4]) | Int(file[$0 + 5]) << 8 }
        #expect(delays.count == count)
        #expect(delays.reduce(0, +) == hundredths)
        #expect(delays.allSatisfy { abs($0 * framesPerSecond - 100) <= framesPerSecond }, "\(delays)")
        #expect(file.firstRange(of: Array("NETSCAPE2.0".utf8) + [3, 1, 0, 0, 0]) != nil, "loops forever")
    }

    @Test(arguments: [0, 51, -16])
    func ratesBeyondItsClockAreRefused(framesPerSecond: Int) throws {
        #expect(
            throws: VideoError.frameRateOutOfRange(found: framesPerSecond, highest: 50, format: .gif)
        ) {
            try VideoWriter(
                path: scratch["clip.gif"], width: 8, height: 8, framesPerSecond: framesPerSecond, recipe: "{}"
            )
        }
    }
}
