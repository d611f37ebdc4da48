import Foundation
import TestSupport
import Testing

/// The options that leave passes out, as a user gives them.
@Suite(.serialized) struct StepReuseCommandTests {
    let directory = TemporaryDirectory()

    private func path(_ name: String) -> String { directory.url.appendingPathComponent(name).path }

    @Test func whatWasSkippedIsShownReportedAndRerun() throws {
        let options = [
            "generate", "a red balloon", "--seed", "7", "--frames", "5", "--steps", "6", "--cache",
            "1000,steps=1-4", "--reuse-guidance", "2,steps=1-", "--guidance-steps", "-4", "-o",
            path("clip.mp4"),
        ]
        let made = try Program.run(options + ["--json"])
        #expect(made.status == 0, "\(made.errors)")
        let settings =
            "fp32, cache 1000.0,steps=1-4,at-most=3, guidance reused 2,steps=1-5, 6 steps of unipc, "
            + "guidance 3.0 at steps 0-4, shift 3.0, seed 7\n"
        #expect(made.errors.contains(settings))
        // Conditional: c s s s c c. Unconditional: c r s r c -.
        #expect(made.errors.contains("left  6 of 11 passes skipped\n"))
        let report = try #require(try JSONSerialization.jsonObject(with: made.output) as? [String: Any])
        let passes = try #require(report["stepPasses"] as? [[String: String]])
        #expect(
            passes.map { $0["conditional"] } == [
                "computed", "cached", "cached", "cached", "computed", "computed",
            ])
        #expect(
            passes.map { $0["unconditional"] } == [
                "computed", "reused", "cached", "reused", "computed", "none",
            ])
        #expect(try Program.run(options).errors.contains(", 6 of 11 passes skipped, peak "))

        let again = try Program.run(["rerun", path("clip.mp4"), "-o", path("again.mp4"), "--quiet"])
        #expect(again.status == 0)
        let first = try Data(contentsOf: URL(fileURLWithPath: path("clip.mp4")))
        #expect(try Data(contentsOf: URL(fileURLWithPath: path("again.mp4"))) == first)
    }

    @Test(arguments: [
        (["--cache", "much"], "Error: --cache much: 'much' has to be a threshold"),
        (
            ["--reuse-guidance", "1"],
            "Error: --reuse-guidance 1: '1' has to be in how many steps"
        ),
        (
            ["--guidance-steps", "9-5"],
            "Error: --guidance-steps 9-5: '9-5' has to be a first and a last number"
        ),
        (
            ["--guidance-steps", "5-", "--steps", "4"],
            "Error: --guidance-steps 5-: this run has no steps 5-, only 0 to 3."
        ),
        (
            ["--autoguidance", "much"],
            "Error: --autoguidance much: 'much' has to be a weight"
        ),
        (
            ["--autoguidance", "0.5"],
            "Error: --autoguidance 0.5: this model has no patches that are coarser than its steps'."
        ),
        (
            ["--patch", "1x4x4"],
            "Error: --patch 1x4x4: this model has no such patch size. Take 1x2x2; or add"
        ),
    ])
    func whatCannotBeDoneIsSaid(options: [String], message: String) throws {
        let made = try Program.run(["generate", "a cat", "-o", path("clip.mp4")] + options)
        #expect(made.status != 0)
        #expect(made.errors.hasPrefix(message), "\(made.errors)")
        #expect(try directory.contents.isEmpty)
    }

    @Test func anUntrainedPatchIsMarkedInTheOutput() throws {
        let made = try Program.run([
            "generate", "a cat", "--seed", "7", "--frames", "5", "--steps", "2", "--patch", "1x4x4",
            "--untrained-patch", "-o", path("clip.mp4"),
        ])
        #expect(made.status == 0)
        #expect(
            made.errors.contains("warning: experimental: the model was not trained with patches of 1x4x4"))
        #expect(
            try Program.run(["generate", "--help"]).text.contains("Experimental: let --patch name sizes"))
    }
}
