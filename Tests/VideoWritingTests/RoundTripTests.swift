import Foundation
import Pictures
import Testing
import VideoWriting

struct RoundTripTests {
    private let scratch: Scratch
    init() throws { scratch = try Scratch() }

    /// Every frame comes back, in order, and looks like itself: at least 33 dB (34.0 to 40.7 measured;
    /// halving the colour alone costs the disc 36 dB).
    @Test(arguments: ["clip.mp4", "clip.webm", "clip.gif", "clip/"], [1, 2, 17])
    func everyFrameComesBack(name: String, count: Int) throws {
        let frames = (0..<count).map { Clip.frame($0) }
        try Clip.write(frames, to: scratch[name])
        let found = try readFrames(from: scratch[name])
        #expect(found.count == count)
        for (frame, original) in zip(found, frames) {
            #expect(Clip.likeness(frame, original) > 33)
        }
    }

    /// Longer than the encoders look ahead, so frames leave them before the end. (29.1 dB measured: the disc
    /// is a third of the picture.)
    @Test(arguments: ["clip.mp4", "clip.webm", "clip.gif"])
    func longClipsKeepTheirFrames(name: String) throws {
        let frames = (0..<97).map { Clip.frame($0 % 17, width: 32, height: 48) }
        try Clip.write(frames, to: scratch[name], framesPerSecond: 24)
        let found = try readFrames(from: scratch[name])
        #expect(found.count == 97)
        let worst = zip(found, frames).map { Clip.likeness($0, $1) }.min() ?? 0
        #expect(worst > 28)
    }

    @Test func picturesLoseNothing() throws {
        let frames = (0..<3).map { Clip.noise($0, width: 17, height: 9) }
        try Clip.write(frames, to: scratch["clip/"])
        #expect(try readFrames(from: scratch["clip/"]) == frames)
        #expect(try readFrames(from: scratch["clip/frame-0001.png"]) == [frames[1]])
    }

    @Test(arguments: ["clip.gif", "clip/"], [(1, 1), (3, 5), (65, 63)])
    func oddSizesAreFineWithoutHalvedColor(name: String, size: (width: Int, height: Int)) throws {
        let frame = Clip.plain([200, 40, 90], width: size.width, height: size.height)
        try Clip.write([frame, frame], to: scratch[name])
        #expect(try readFrames(from: scratch[name]) == [frame, frame])
    }

    /// Sizes that fill no whole block and rows that need padding.
    @Test(arguments: ["clip.mp4", "clip.webm"], [(2, 2), (18, 34), (66, 62), (130, 50)])
    func evenSizesOfAllKindsWork(name: String, size: (width: Int, height: Int)) throws {
        let frames = (0..<3).map { _ in Clip.plain([120, 130, 140], width: size.width, height: size.height) }
        try Clip.write(frames, to: scratch[name])
        let found = try readFrames(from: scratch[name])
        #expect(found.count == 3)
        #expect(found.allSatisfy { Clip.largestDifference($0, frames[0]) <= 3 })
    }

    @Test(arguments: ["clip.mp4", "clip.webm"], [(65, 64), (64, 63), (1, 1)])
    func oddSizesAreRefusedWithHalvedColor(name: String, size: (width: Int, height: Int)) throws {
        let format = try VideoFormat(path: name)
        #expect(throws: VideoError.oddSize(width: size.width, height: size.height, format: format)) {
            try VideoWriter(
                path: scratch[name], width: size.width, height: size.height, framesPerSecond: 16, recipe: "{}"
            )
        }
        #expect(scratch.names.isEmpty)
    }

    @Test(arguments: ["clip.mp4", "clip.webm", "clip.gif", "clip/"])
    func sameFramesGiveTheSameBytes(name: String) throws {
        let frames = (0..<9).map { Clip.frame($0) }
        let other = try Scratch()
        try Clip.write(frames, to: scratch[name], recipe: "{\"seed\":1}")
        try Clip.write(frames, to: other[name], recipe: "{\"seed\":1}")
        let files = name.hasSuffix("/") ? (0..<9).map { "clip/frame-000\($0).png" } : [name]
        for file in files {
            let first = try Data(contentsOf: URL(fileURLWithPath: scratch[file]))
            #expect(try Data(contentsOf: URL(fileURLWithPath: other[file])) == first)
        }
    }

    @Test func wrongFrameSizeEndsTheClip() throws {
        let writer = try VideoWriter(
            path: scratch["clip.mp4"], width: 64, height: 32, framesPerSecond: 16, recipe: "{}")
        try writer.write(Clip.plain([0, 0, 0], width: 64, height: 32))
        #expect(
            throws: VideoError.wrongFrameSize(width: 32, height: 64, expectedWidth: 64, expectedHeight: 32)
        ) { try writer.write(Clip.plain([0, 0, 0], width: 32, height: 64)) }
        #expect(scratch.names.isEmpty)
    }

    @Test(arguments: ["clip.mp4", "clip.webm", "clip.gif", "clip/"])
    func aClipWithoutFramesIsAnError(name: String) throws {
        let writer = try VideoWriter(
            path: scratch[name], width: 64, height: 64, framesPerSecond: 16, recipe: "{}")
        #expect(throws: VideoError.noFrames(path: scratch[name])) { try writer.finish() }
        #expect(scratch.names.isEmpty)
    }
}
