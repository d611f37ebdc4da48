import Foundation
import Pictures
import Testing
import VideoWriting

struct ContainerTests {
    private let scratch: Scratch
    init() throws { scratch = try Scratch() }

    private func write(_ name: String, frames: Int, framesPerSecond: Int) throws -> [UInt8] {
        try Clip.write(
            (0..<frames).map { Clip.frame($0 % 17) }, to: scratch[name], framesPerSecond: framesPerSecond)
        return [UInt8](try Data(contentsOf: URL(fileURLWithPath: scratch[name])))
    }

    private func number(_ file: [UInt8], at offset: Int) -> Int {
        file[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
    }

    /// Where the content of an MP4 box starts; boxes are found by name, which no recipe of these tests
    /// contains.
    private func content(of box: String, in file: [UInt8]) throws -> Int {
        try #require(file.firstRange(of: Array(box.utf8))).upperBound
    }

    @Test func theIndexComesBeforeThePictures() throws {
        let file = try write("clip.mp4", frames: 17, framesPerSecond: 16)
        var boxes: [String] = []
        var position = 0
        while position < file.count {
            boxes.append(String(decoding: file[position + 4..<position + 8], as: UTF8.self))
            position += number(file, at: position)
        }
        #expect(position == file.count)
        #expect(boxes == ["ftyp", "moov", "free", "mdat"])
    }

    @Test(arguments: [(17, 16), (1, 16), (24, 24), (33, 30), (5, 1)])
    func mp4LastsFramesOverRate(frames: Int, framesPerSecond: Int) throws {
        let file = try write("clip.mp4", frames: frames, framesPerSecond: framesPerSecond)
        let media = try content(of: "mdhd", in: file)
        #expect(number(file, at: media + 16) * framesPerSecond == frames * number(file, at: media + 12))
        let movie = try content(of: "mvhd", in: file)
        #expect(number(file, at: movie + 4) == 0, "no time of day")
    }

    @Test(arguments: [(17, 16), (1, 16), (24, 24), (5, 1)])
    func webmLastsFramesOverRate(frames: Int, framesPerSecond: Int) throws {
        let file = try write("clip.webm", frames: frames, framesPerSecond: framesPerSecond)
        // Element 0x4489, 8 bytes: milliseconds as a big-endian Double.
        let start = try #require(file.firstRange(of: [0x44, 0x89, 0x88])).upperBound
        let bits = file[start..<start + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let seconds = Double(bitPattern: bits) / 1000
        #expect(abs(seconds - Double(frames) / Double(framesPerSecond)) <= 0.001)
    }

    /// The H.264 sample description: 64x64, and in its parameter set BT.709 thrice.
    @Test func mp4NamesItsColors() throws {
        let file = try write("clip.mp4", frames: 1, framesPerSecond: 16)
        let colors = try content(of: "colr", in: file)
        #expect(file[colors..<colors + 4].elementsEqual("nclx".utf8))
        #expect(file[colors + 4..<colors + 11] == [0, 1, 0, 1, 0, 1, 0], "BT.709, limited range")
    }

    @Test(arguments: ["clip.mp4", "clip.webm"], [0, 1001])
    func ratesBeyondTheClockAreRefused(name: String, framesPerSecond: Int) throws {
        let format = try VideoFormat(path: name)
        #expect(
            throws: VideoError.frameRateOutOfRange(found: framesPerSecond, highest: 1000, format: format)
        ) {
            try VideoWriter(
                path: scratch[name], width: 8, height: 8, framesPerSecond: framesPerSecond, recipe: "{}")
        }
    }

    @Test func hugeSizesAreRefusedByTheEncoder() throws {
        let error = #expect(throws: VideoError.self) {
            try VideoWriter(
                path: scratch["clip.mp4"], width: 1 << 20, height: 64, framesPerSecond: 16, recipe: "{}")
        }
        guard case .encoderRefused("libx264", 1_048_576, 64, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(scratch.names.isEmpty)
    }
}
