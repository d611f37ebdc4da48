import Foundation
import TestSupport
import Testing

/// Profiles as a user asks for them.
@Suite(.serialized) struct ProfileCommandTests {
    let directory = TemporaryDirectory()
    private let short = ["--seed", "7", "--frames", "5", "--steps", "2"]

    private func run(_ arguments: [String]) throws -> Program.Result {
        try Program.run(arguments, in: directory.url)
    }

    @Test func profileMakesTheClipOfGenerateAndPrintsATable() throws {
        let made = try run(["profile", "a red balloon", "-o", "clip.mp4"] + short)
        #expect(made.status == 0, "\(made.errors)")
        #expect(made.text.hasPrefix("stage "))
        for text in ["\nsample ", "\nproduct ", "GFLOP/s", "resident at most "] {
            #expect(made.text.contains(text))
        }
        #expect(made.errors.contains("profile: clip.profile/profile.html"))
        let files = try FileManager.default.contentsOfDirectory(atPath: directory["clip.profile"].path)
            .sorted()
        #expect(files == ["profile.html", "profile.json", "trace.json"])
        let plain = try run(["generate", "a red balloon", "-o", "plain.mp4", "--profile", "other/"] + short)
        #expect(plain.status == 0 && plain.output.isEmpty)
        #expect(try Data(contentsOf: directory["plain.mp4"]) == Data(contentsOf: directory["clip.mp4"]))
        #expect(try directory.contents == ["clip.mp4", "clip.profile", "other", "plain.mp4"])
    }

    @Test func decodeHasAProfileToo() throws {
        _ = try run(["generate", "a cat", "-o", "clip.mp4", "--save-latents", "l.safetensors"] + short)
        let made = try run(["decode", "l.safetensors", "-o", "again.mp4", "--profile", "p"])
        #expect(made.status == 0 && made.errors.contains("profile: p/profile.html\n"), "\(made.errors)")
        #expect(try Data(contentsOf: directory["clip.mp4"]) == Data(contentsOf: directory["again.mp4"]))
        let data = try Data(contentsOf: directory["p/profile.json"])
        let profile = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let stages = try #require(profile["stages"] as? [[String: Any]])
        #expect(stages.compactMap { $0["stage"] as? String } == ["load", "decode"])
        let refused = try run(["decode", "l.safetensors", "-o", "no.mp4", "--profile", "/nowhere/p"])
        #expect(refused.status != 0 && refused.errors.hasPrefix("Error: --profile '/nowhere/p': there is no"))
        #expect(try directory.contents == ["again.mp4", "clip.mp4", "l.safetensors", "p"])
    }

    @Test func thePageNamesSettingsAsARunDoes() throws {
        let options = ["--guidance-steps", "1-", "--precision", "int8", "--profile", "p"]
        let made = try run(["generate", "a cat", "-o", "clip.mp4"] + options + short)
        #expect(made.status == 0, "\(made.errors)")
        let page = try String(contentsOf: directory["p/profile.html"], encoding: .utf8)
        let line = "64x64, 5 frames, 32 tokens, int8, 2 steps of unipc, guidance 3.0 at steps 1"
        #expect(made.errors.contains(line), "\(made.errors)")
        #expect(page.contains("<p>\(line), seed 7, model sprites</p>"))
    }

    @Test func jsonAndQuietKeepStandardOutputAsGenerateHasIt() throws {
        let json = try run(["profile", "a cat", "-o", "clip.gif", "--profile", "p", "--json"] + short)
        let report = try JSONSerialization.jsonObject(with: json.output) as? [String: Any]
        #expect(report?["output"] as? String == "clip.gif")
        let quiet = try run(["profile", "a cat", "-o", "clip.gif", "--profile", "p", "--quiet"] + short)
        #expect(quiet.status == 0 && quiet.output.isEmpty && quiet.errors == "")
    }

    @Test(arguments: ["generate", "profile"])
    func placesThatCannotBeWrittenAreNamedBeforeTheRun(command: String) throws {
        let made = try run([command, "a cat", "-o", "clip.gif", "--profile", "/nowhere/p"])
        #expect(made.status != 0 && made.output.isEmpty)
        #expect(
            made.errors.contains(
                "Error: --profile '/nowhere/p': there is no directory '/nowhere'. Make it first, or take another place."
            ))
        #expect(try directory.contents == [])
    }

    @Test func interruptionLeavesTheProfileOfWhatWasDone() throws {
        let process = try Program.start(
            ["profile", "a balloon", "--steps", "1000", "-o", "clip.mp4"], in: directory.url)
        Thread.sleep(forTimeInterval: 1.5)
        process.interrupt()
        process.waitUntilExit()
        #expect(process.terminationStatus == 130)
        #expect(try directory.contents == ["clip.profile"])
        let data = try Data(contentsOf: directory["clip.profile/profile.json"])
        let profile = try JSONSerialization.jsonObject(with: data) as? [String: Any]
        #expect(profile?["outcome"] as? String == "cancelled")
    }
}
