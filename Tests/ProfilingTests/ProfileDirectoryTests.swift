import Foundation
import Profiling
import TestSupport
import Testing

@Suite struct ProfileDirectoryTests {
    let directory = TemporaryDirectory()
    private func path(_ name: String) -> String { directory[name].path }

    @Test func isThereOnlyWhenPublished() throws {
        do {
            let profile = try ProfileDirectory(path("p"))
            #expect(try directory.contents.count == 1)
            #expect(try directory.contents[0].hasPrefix(".p.partial-"))
            try profile.publish([("profile.json", Data("1".utf8))])
            #expect(try directory.contents == ["p"])
        }
        #expect(try String(contentsOf: directory["p/profile.json"], encoding: .utf8) == "1")
        // An earlier profile is replaced as a whole; what is never published leaves nothing.
        try ProfileDirectory(path("p/")).publish([("trace.json", Data("2".utf8))])
        _ = try ProfileDirectory(path("q"))
        #expect(try directory.contents == ["p"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: path("p")) == ["trace.json"])
    }

    @Test func placesThatCannotBeWrittenAreNamed() throws {
        try Data().write(to: directory["file"])
        try FileManager.default.createDirectory(at: directory["full"], withIntermediateDirectories: false)
        try Data().write(to: directory["full/letter.txt"])
        for (place, text) in [
            ("", "--profile '': that names no directory of its own. Take a name such as clip.profile."),
            ("/", "--profile '/': that names no directory of its own. Take a name such as clip.profile."),
            (
                "/nowhere/p",
                "--profile '/nowhere/p': there is no directory '/nowhere'. Make it first, or take another place."
            ),
            (
                path("file"),
                "--profile '\(path("file"))': there is a file of that name, but a profile is a directory. Take another "
                    + "name."
            ),
            (
                path("full"),
                "--profile '\(path("full"))': the directory holds 'letter.txt', which is no part of a profile. Name a new "
                    + "directory, or one that holds nothing but an earlier profile, which is replaced."
            ),
            (
                "/proc/p",
                "--profile '/proc/p' cannot be written: No such file or directory. Take a place with room that you may "
                    + "write to."
            ),
        ] {
            let error = try #require(throws: ProfileError.self) { _ = try ProfileDirectory(place) }
            #expect(error.description == text)
        }
        #expect(try directory.contents == ["file", "full"])
    }
}
