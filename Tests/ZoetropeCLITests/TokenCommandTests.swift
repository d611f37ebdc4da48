import Foundation
import TestSupport
import Testing

/// Token compression as a user of the program meets it.
@Suite struct TokenCommandTests {
    let directory = TemporaryDirectory()

    @Test func tellsWhatIsOnAndMakesTheClipAgain() throws {
        let clip = directory["clip.gif"].path
        let made = try Program.run([
            "generate", "a red balloon rises over the sea", "--seed", "7", "--frames", "5", "--steps", "2",
            "--merge", "0.25,steps=1", "--pool-keys", "1x2x2", "--json", "-o", clip,
        ])
        #expect(made.status == 0, "\(made.errors)")
        #expect(made.errors.contains("merging 0.25,steps=1: blocks work on 24 of 32 tokens"))
        #expect(made.errors.contains("pooled keys 1x2x2: 8 keys of 32 tokens"))
        let report = try #require(try JSONSerialization.jsonObject(with: made.output) as? [String: Any])
        #expect(report["mergedStepTokens"] as? [Int] == [32, 24])
        let again = directory["again.gif"].path
        #expect(try Program.run(["rerun", clip, "-o", again, "--threads", "1"]).status == 0)
        #expect(try Data(contentsOf: directory["clip.gif"]) == Data(contentsOf: directory["again.gif"]))
    }

    @Test(arguments: [
        (["--merge", "half"], "Error: --merge half: 'half' has to be the share of tokens that go"),
        (
            ["--pool-keys", "1x2x2,blocks=8"],
            "Error: --pool-keys 1x2x2,blocks=8: this model has no blocks 8, only 0 to 7. Take blocks of these."
        ),
        (
            ["--attention-window", "1x4x4", "--merge", "0.5"],
            "Error: --merge 0.5 and --attention-window 1x4x4: merged"
        ),
    ])
    func whatCannotBeIsSaidBeforeAnythingIsLoaded(arguments: [String], text: String) throws {
        let result = try Program.run(["generate", "x", "-o", directory["clip.gif"].path] + arguments)
        #expect(result.status != 0)
        #expect(result.errors.hasPrefix(text), "\(result.errors)")
        #expect(try directory.contents.isEmpty)
    }

    @Test func helpNamesTheOptions() throws {
        let help = try Program.run(["generate", "--help"]).text
        for option in ["--merge <ratio>", "--pool-keys <window>", "--attention-window <window>"] {
            #expect(help.contains(option), "\(option)")
        }
    }
}
