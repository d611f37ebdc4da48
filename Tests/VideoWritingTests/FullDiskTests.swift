import Foundation
import Pictures
import Testing
import VideoWriting

/// A disk that takes no more. Each test runs in a process of its own whose files may not pass 4096 bytes: the
/// limit would hit the files of other tests, and needs no right to mount anything.
struct FullDiskTests {
    @Test func mp4() async { await #expect(processExitsWith: .success) { try fillDisk("clip.mp4") } }

    @Test func webm() async { await #expect(processExitsWith: .success) { try fillDisk("clip.webm") } }

    @Test func gif() async { await #expect(processExitsWith: .success) { try fillDisk("clip.gif") } }

    @Test func png() async { await #expect(processExitsWith: .success) { try fillDisk("clip/") } }
}

/// Writes noise until it fails; then the error says why, an older clip is as it was, and nothing else is
/// left.
private func fillDisk(_ name: String) throws {
    let scratch = try Scratch()
    try Clip.write([Clip.plain([9, 9, 9], width: 16, height: 16)], to: scratch[name], recipe: "{\"old\":1}")
    let namesBefore = scratch.names
    signal(SIGXFSZ, SIG_IGN)
    var limit = rlimit(rlim_cur: 4096, rlim_max: 4096)
    #expect(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
    #expect(throws: VideoError.cannotWrite(path: scratch[name], reason: "File too large")) {
        try Clip.write((0..<8).map { Clip.noise($0, width: 64, height: 64) }, to: scratch[name])
    }
    #expect(scratch.names == namesBefore)
    #expect(try readRecipe(from: scratch[name]) == "{\"old\":1}")
}
