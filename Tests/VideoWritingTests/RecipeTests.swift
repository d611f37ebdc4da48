import Foundation
import Pictures
import Testing
import VideoWriting

struct RecipeTests {
    private let scratch: Scratch
    init() throws { scratch = try Scratch() }

    static let names = ["clip.mp4", "clip.webm", "clip.gif", "clip/"]
    /// 64 kB of what a prompt can hold: quotes, newlines, emoji of several code points, Chinese, Arabic,
    /// controls.
    static let long: String = {
        let line = "\"a cat 🐈‍⬛\\n 一只猫 “quoted” \u{1} قطة \t👩🏽‍🚀\",\r\n"
        return "[" + String(repeating: line, count: 65536 / line.utf8.count) + "0]\n"
    }()

    @Test(arguments: names, ["{}", "{\"prompt\": \"x\"}\n", " ", long])
    func comesBackAsItWas(name: String, recipe: String) throws {
        try Clip.write([Clip.frame(0), Clip.frame(1)], to: scratch[name], recipe: recipe)
        #expect(try readRecipe(from: scratch[name]) == recipe)
        #expect(try readFrames(from: scratch[name]).count == 2)
    }

    @Test func longIsLong() { #expect(Self.long.utf8.count > 65000) }

    /// Around the 255 bytes of a block of a GIF, with a character across the limit.
    @Test(arguments: [1, 253, 254, 255, 256, 509, 510, 511])
    func gifBlocksOfAllSizes(count: Int) throws {
        let recipe = String(repeating: "x", count: count) + "é"
        try Clip.write([Clip.frame(0)], to: scratch["clip.gif"], recipe: recipe)
        #expect(try readRecipe(from: scratch["clip.gif"]) == recipe)
    }

    @Test func eachPictureHasItToo() throws {
        try Clip.write([Clip.frame(0), Clip.frame(1)], to: scratch["clip/"], recipe: "{\"seed\":3}")
        #expect(try readRecipe(from: scratch["clip/frame-0001.png"]) == "{\"seed\":3}")
        #expect(try String(contentsOfFile: scratch["clip/recipe.json"], encoding: .utf8) == "{\"seed\":3}")
    }

    @Test(arguments: names)
    func noRecipeIsSaidSo(name: String) throws {
        try Clip.write([Clip.frame(0)], to: scratch[name], recipe: "")
        let path = scratch[name]
        #expect(throws: VideoError.noRecipe(path: path)) { try readRecipe(from: path) }
    }

    @Test func whatIsNoVideoIsSaidSo() throws {
        let path = scratch["clip.mp4"]
        try Data("#EXTM3U\n/etc/passwd".utf8).write(to: URL(fileURLWithPath: path))
        #expect(throws: VideoError.notAVideo(path: path)) { try readRecipe(from: path) }
        #expect(throws: VideoError.notAVideo(path: path)) { try readFrames(from: path) }
        try Data().write(to: URL(fileURLWithPath: path))
        #expect(throws: VideoError.notAVideo(path: path)) { try readRecipe(from: path) }
        #expect(throws: VideoError.notAVideo(path: scratch.path)) { try readRecipe(from: scratch.path) }
        #expect(throws: VideoError.notAVideo(path: scratch.path)) { try readFrames(from: scratch.path) }
    }

    @Test func aMissingFileIsSaidSo() {
        let path = scratch["none.mp4"]
        let error = VideoError.cannotRead(path: path, reason: "No such file or directory")
        #expect(throws: error) { try readRecipe(from: path) }
        #expect(throws: error) { try readFrames(from: path) }
    }

    /// A file that ends anywhere gives an error or fewer frames, and never a crash or a frame too many.
    @Test(arguments: ["clip.mp4", "clip.webm", "clip.gif", "clip/frame-0000.png"])
    func cutFilesAreSurvived(name: String) throws {
        let frames = (0..<5).map { Clip.frame($0) }
        try Clip.write(frames, to: scratch[name.hasPrefix("clip/") ? "clip/" : name], recipe: Self.long)
        let file = try Data(contentsOf: URL(fileURLWithPath: scratch[name]))
        for end in stride(from: 0, to: file.count - 1, by: max(1, file.count / 97)) {
            let path = scratch["cut"]
            try file.prefix(end).write(to: URL(fileURLWithPath: path))
            let found = (try? readFrames(from: path)) ?? []
            #expect(found.count <= 5)
            #expect(found.count < 5 || name != "clip.mp4")
            if let recipe = try? readRecipe(from: path) { #expect(Self.long.utf8.starts(with: recipe.utf8)) }
        }
    }
}
