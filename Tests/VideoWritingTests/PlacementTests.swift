import Foundation
import Pictures
import Testing
import VideoWriting

/// Where files lie before, during and after a clip.
struct PlacementTests {
    private let scratch: Scratch
    init() throws { scratch = try Scratch() }

    static let names = ["clip.mp4", "clip.webm", "clip.gif", "clip/"]

    private func open(_ name: String) throws(VideoError) -> VideoWriter {
        try VideoWriter(path: scratch[name], width: 16, height: 16, framesPerSecond: 16, recipe: "{}")
    }

    private let frame = Clip.plain([1, 2, 3], width: 16, height: 16)

    @Test(arguments: names)
    func theNameAppearsAtTheEnd(name: String) throws {
        let final = name.hasSuffix("/") ? String(name.dropLast()) : name
        let writer = try open(name)
        try writer.write(frame)
        #expect(scratch.names.count == 1)
        #expect(scratch.names.first?.hasPrefix(".\(final).partial-") == true)
        try writer.finish()
        #expect(scratch.names == [final])
        writer.cancel()
        #expect(scratch.names == [final])
    }

    @Test(arguments: names)
    func cancelLeavesNothing(name: String) throws {
        let writer = try open(name)
        try writer.write(frame)
        writer.cancel()
        writer.cancel()
        #expect(scratch.names.isEmpty)
    }

    @Test(arguments: names)
    func aForgottenWriterLeavesNothing(name: String) throws {
        for count in [0, 3] {
            let writer = try open(name)
            for _ in 0..<count { try writer.write(frame) }
        }
        #expect(scratch.names.isEmpty)
    }

    /// A writer that nobody lets go stands in for a process that was killed.
    @Test(arguments: names)
    func whatAKilledRunLeftIsTakenAway(name: String) throws {
        let writer = try open(name)
        try writer.write(frame)
        _ = Unmanaged.passRetained(writer)
        #expect(scratch.names == [writer.partialName])
        for other in [
            "", ".", "..", "clip", ".clip.partial-", writer.partialName + "/..", "." + writer.partialName,
        ] {
            VideoWriter.removeLeftover(other, of: scratch[name])
        }
        VideoWriter.removeLeftover(writer.partialName, of: scratch["other.mp4"])
        #expect(scratch.names == [writer.partialName])
        VideoWriter.removeLeftover(writer.partialName, of: scratch[name])
        #expect(scratch.names.isEmpty)
        VideoWriter.removeLeftover(writer.partialName, of: scratch[name])
    }

    /// Killed between the two renames that put a new directory in an older one's place.
    @Test(arguments: [true, false])
    func aDirectoryThatSteppedAsideComesBack(isReplaced: Bool) throws {
        let (clip, aside) = (scratch["clip"], scratch[".clip.partial-1.old"])
        try Clip.write([frame], to: clip + "/", recipe: "{\"old\":1}")
        try FileManager.default.moveItem(atPath: clip, toPath: aside)
        if isReplaced { try Clip.write([frame], to: clip + "/", recipe: "{\"new\":1}") }
        VideoWriter.removeLeftover(".clip.partial-1", of: clip + "/")
        #expect(scratch.names == ["clip"])
        #expect(try readRecipe(from: clip) == (isReplaced ? "{\"new\":1}" : "{\"old\":1}"))
    }

    @Test(arguments: names)
    func anOlderClipStaysUntilTheEnd(name: String) throws {
        try Clip.write([frame, frame, frame], to: scratch[name], recipe: "{\"old\":1}")
        let writer = try open(name)
        try writer.write(frame)
        #expect(try readRecipe(from: scratch[name]) == "{\"old\":1}")
        try writer.finish()
        #expect(try readRecipe(from: scratch[name]) == "{}")
        #expect(try readFrames(from: scratch[name]).count == 1)
        #expect(scratch.names.count == 1)
    }

    @Test func filesMayBeReadByOthers() throws {
        try Clip.write([frame], to: scratch["clip.mp4"])
        let attributes = try FileManager.default.attributesOfItem(atPath: scratch["clip.mp4"])
        let mask = umask(0)
        umask(mask)
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o666 & ~Int(mask))
    }

    @Test func anEmptyDirectoryIsTaken() throws {
        try FileManager.default.createDirectory(atPath: scratch["clip"], withIntermediateDirectories: false)
        try Clip.write([frame], to: scratch["clip//"])
        #expect(try readFrames(from: scratch["clip"]).count == 1)
        #expect(scratch.names == ["clip"])
    }

    @Test(arguments: ["thesis.tex", "frame-1.png", "frame-0001.jpg", ".hidden", "recipe.json.bak"])
    func foreignFilesAreNotReplaced(name: String) throws {
        try Clip.write([frame], to: scratch["clip/"])
        try Data().write(to: URL(fileURLWithPath: scratch["clip/" + name]))
        #expect(throws: VideoError.foreignFile(name: name, directory: scratch["clip"])) { try open("clip/") }
        #expect(try readFrames(from: scratch["clip"]).count == 1)
        #expect(scratch.names == ["clip"])
    }

    @Test func aForeignFileThatComesLaterIsNotReplacedEither() throws {
        try Clip.write([frame], to: scratch["clip/"])
        let writer = try open("clip/")
        try writer.write(frame)
        try Data().write(to: URL(fileURLWithPath: scratch["clip/thesis.tex"]))
        #expect(throws: VideoError.foreignFile(name: "thesis.tex", directory: scratch["clip"])) {
            try writer.finish()
        }
        #expect(scratch.names == ["clip"])
    }

    @Test func theWayMustBeFree() throws {
        try FileManager.default.createDirectory(atPath: scratch["a.mp4"], withIntermediateDirectories: false)
        try Data().write(to: URL(fileURLWithPath: scratch["b"]))
        #expect(throws: VideoError.directoryInTheWay(path: scratch["a.mp4"])) { try open("a.mp4") }
        #expect(throws: VideoError.fileInTheWay(path: scratch["b"])) { try open("b/") }
        #expect(throws: VideoError.missingDirectory(path: scratch["c/d.gif"], directory: scratch["c/"])) {
            try open("c/d.gif")
        }
        #expect(throws: VideoError.missingDirectory(path: scratch["b/d.gif"], directory: scratch["b/"])) {
            try open("b/d.gif")
        }
        #expect(throws: VideoError.unusableName(path: scratch["./"])) { try open("./") }
        #expect(throws: VideoError.unusableName(path: scratch["../"])) { try open("../") }
        #expect(scratch.names == ["a.mp4", "b"])
    }

    /// Root may write everywhere except where the kernel makes the files.
    @Test(arguments: ["/proc/clip.mp4", "/proc/clip/"])
    func aDirectoryThatCannotBeWrittenIsSaidSo(path: String) {
        let error = VideoError.cannotCreate(path: path, reason: "No such file or directory")
        #expect(throws: error) {
            try VideoWriter(path: path, width: 16, height: 16, framesPerSecond: 16, recipe: "{}")
        }
    }

    @Test(arguments: [
        "100% a:b, c?.mp4", "file:clip.webm", "-y.gif", "ключ 猫 🐈.mp4", "%04d.webm", "pipe:1.gif", "%d/",
    ])
    func namesMeanNothingElse(name: String) throws {
        try Clip.write([frame, frame], to: scratch[name])
        #expect(scratch.names == [name.hasSuffix("/") ? String(name.dropLast()) : name])
        #expect(try readFrames(from: scratch[name]).count == 2)
    }

    @Test(arguments: [".mp4", "/"])
    func theLongestNameWorks(ending: String) throws {
        let name = String(repeating: "é", count: (255 - ending.utf8.count) / 2) + ending
        try Clip.write([frame], to: scratch[name])
        #expect(try readFrames(from: scratch[name]).count == 1)
    }
}
