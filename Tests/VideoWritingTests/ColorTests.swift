import Foundation
import Pictures
import Testing
import VideoWriting

struct ColorTests {
    private let scratch: Scratch
    init() throws { scratch = try Scratch() }

    static let pure: [[UInt8]] = [
        [0, 0, 0], [255, 255, 255], [255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 0], [0, 255, 255],
        [255, 0, 255], [128, 128, 128], [200, 60, 30], [20, 90, 160],
    ]

    /// The file says BT.709 and limited range, and is decoded by what it says: so its numbers are BT.709.
    @Test(arguments: ["clip.mp4", "clip.webm"], pure)
    func pureColorsComeBack(name: String, color: [UInt8]) throws {
        let frame = Clip.plain(color)
        try Clip.write([frame, frame, frame], to: scratch[name])
        for found in try readFrames(from: scratch[name]) {
            #expect(Clip.largestDifference(found, frame) <= 3)
        }
    }

    /// The same file with its matrix called BT.601: now the colours are off by far more, so the test above
    /// would see a file that is BT.601 in truth.
    @Test func theMatrixMatters() throws {
        let frame = Clip.plain([0, 255, 0])
        try Clip.write([frame, frame], to: scratch["clip.mp4"])
        var file = [UInt8](try Data(contentsOf: URL(fileURLWithPath: scratch["clip.mp4"])))
        try relabel(&file, matrix: 6)
        try Data(file).write(to: URL(fileURLWithPath: scratch["relabelled.mp4"]))
        let found = try readFrames(from: scratch["relabelled.mp4"])
        #expect(found.count == 2)
        #expect(found.allSatisfy { Clip.largestDifference($0, frame) > 15 })
    }

    /// In the H.264 parameter set primaries, transfer and matrix stand as three bytes of 1, at any bit.
    private func relabel(_ file: inout [UInt8], matrix: UInt8) throws {
        let start = try #require(file.firstRange(of: Array("avcC".utf8))).upperBound
        for bit in start * 8..<(start + 48) * 8 {
            let value = (0..<24).reduce(0) { $0 << 1 | Int(file[(bit + $1) / 8] >> (7 - (bit + $1) % 8) & 1) }
            guard value == 0x010101 else { continue }
            for offset in 16..<24 {
                let mask = UInt8(1) << (7 - (bit + offset) % 8)
                let isSet = matrix >> (23 - offset) & 1 == 1
                file[(bit + offset) / 8] = file[(bit + offset) / 8] & ~mask | (isSet ? mask : 0)
            }
            return
        }
        Issue.record("no colour description in the parameter set")
    }

    /// Colour lies amid four pixels, so a picture and its mirror image stay mirror images.
    @Test func halvedColorLeansToNoSide() throws {
        var frame = Clip.plain([30, 30, 200])
        for row in 16..<48 {
            let line = (0..<32).flatMap { _ in [250, 220, 0] as [UInt8] }
            frame.pixels.replaceSubrange((row * 64 + 16) * 3..<(row * 64 + 48) * 3, with: line)
        }
        try Clip.write([frame], to: scratch["clip.mp4"])
        let found = try #require(try readFrames(from: scratch["clip.mp4"]).first)
        for column in 0..<32 {
            let left = Int(found.pixels[(32 * 64 + column) * 3])
            let right = Int(found.pixels[(32 * 64 + 63 - column) * 3])
            #expect(abs(left - right) <= 24)
        }
    }
}
