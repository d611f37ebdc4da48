import Foundation
import TestSupport
import Testing

/// Sweeps and presets as a user makes them.
@Suite(.serialized) struct SweepCommandTests {
    private let directory = TemporaryDirectory()
    private static let small = ["--base", "frames=5", "--prompt", "a red balloon rises over the sea"]

    private func run(_ arguments: [String]) throws -> Program.Result {
        try Program.run(arguments, in: directory.url)
    }

    private func lines(_ name: String) throws -> [Substring] {
        try String(contentsOf: directory[name], encoding: .utf8).split(separator: "\n")
    }

    private func record(_ line: Substring) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }

    @Test func aSweepMeasuresItsTrialsAndMakesAPreset() throws {
        let command =
            ["sweep", "-o", "s", "--repeats", "2", "--vary", "steps=1|2", "--vary", "patch=|1x2x2:2,1x2x2"]
            + Self.small + ["--base", "steps=2"]
        let made = try run(command)
        #expect(made.status == 0, "\(made.errors)")
        #expect(made.errors.contains("warning: trial 2, 'steps=1 patch=1x2x2:2,1x2x2', cannot run: --patch"))
        #expect(made.errors.contains("run 6 of 8") && made.errors.contains("0.00 s left"))
        #expect(made.output.isEmpty)

        let records = try lines("s/results.jsonl").map(record)
        // The baseline and trial 1 twice, trials 2 and 3 noted as failed.
        #expect(records.count == 6)
        let failed = records.filter { $0["error"] != nil }
        #expect(Set(failed.compactMap { $0["trial"] as? Int }) == [2, 3])
        let first = try #require(records.first { $0["trial"] as? Int == 1 && $0["repeat"] as? Int == 0 })
        let quality = try #require(first["quality"] as? [String: Double])
        #expect(try #require(quality["psnr"]) > 5 && quality["psnr"] ?? 0 < 60)
        #expect(try #require(quality["latentRelativeL2"]) > 0.01)
        let cost = try #require(first["cost"] as? [String: Any])
        #expect((cost["stepSeconds"] as? [Double])?.count == 1)
        #expect(try #require(cost["peakResidentBytes"] as? Int) > 1 << 20)

        // The report's command makes the very bytes of the report's clip.
        let html = try String(contentsOf: directory["s/report.html"], encoding: .utf8)
        let shown =
            "zoetrope generate 'a red balloon rises over the sea' --model sprites --frames 5 --steps 1 --seed 1 "
            + "-o clip.mp4"
        #expect(html.contains(shown.replacing("'", with: "'")))
        let again = try run([
            "generate", "a red balloon rises over the sea", "--frames", "5", "--steps", "1", "--seed", "1",
            "-o",
            "clip.mp4", "--quiet",
        ])
        #expect(again.status == 0)
        let clip = try Data(contentsOf: directory["clip.mp4"])
        #expect(try Data(contentsOf: directory["s/clips/trial-1-prompt-1-seed-1.mp4"]) == clip)
        #expect(html.contains(clip.base64EncodedString()))

        #expect(try run(["preset", "s", "1", "-o", "one.json"]).status == 0)
        let words = ["a red balloon rises over the sea", "--preset", "one.json"]
        for command in ["generate", "profile"] {
            #expect(
                try run([command] + words + ["--seed", "1", "--quiet", "-o", "\(command).mp4"]).status == 0)
            #expect(try Data(contentsOf: directory["\(command).mp4"]) == clip)
        }
        let planned = try run(["plan"] + words + ["--json"])
        let plan = try JSONSerialization.jsonObject(with: planned.output) as? [String: Any]
        #expect((plan?["stepTokens"] as? [Int])?.count == 1)
        let other = try run(["generate"] + words + ["--quiet", "-o", "other.mp4", "--json", "--steps", "2"])
        let report = try JSONSerialization.jsonObject(with: other.output) as? [String: Any]
        #expect((report?["stepSeconds"] as? [Double])?.count == 2)
    }

    @Test func trialsThatCannotFitKeepTheirRowAndStepsAreCompared() throws {
        let command =
            [
                "sweep", "-o", "s", "--repeats", "1", "--vary", "max-memory=|1MiB", "--vary",
                "precision=fp32|int8",
            ]
            + Self.small + ["--base", "steps=2"]
        let made = try run(command)
        #expect(made.status == 0, "\(made.errors)")
        let records = try lines("s/results.jsonl").map(record)
        let byName = Dictionary(
            records.map { ($0["name"] as? String ?? "", $0) }, uniquingKeysWith: { first, _ in first })
        let capped = try #require(byName["max-memory=1MiB precision=int8"])
        #expect(try #require(capped["error"] as? String).hasPrefix("--max-memory 1.0 MiB: this run needs"))
        #expect(
            capped["cost"] == nil && (capped["plan"] as? [String: Any])?["peakBytes"] as? Int ?? 0 > 1 << 20)
        let int8 = try #require(byName["max-memory=default precision=int8"])
        let steps = try #require((int8["quality"] as? [String: Any])?["stepRelativeL2"] as? [Double])
        #expect(steps.count == 2 && steps[0] > 0 && steps[1] < 0.5)
        // Behind the last step stands the clean latent.
        #expect(steps[1] == (int8["quality"] as? [String: Any])?["latentRelativeL2"] as? Double)
        let plan = try #require(int8["plan"] as? [String: Any])
        #expect(plan["stepTokens"] as? [Int] == [32, 32] && plan["samplingSeconds"] as? Double ?? 0 > 0)

        let report = try Data(contentsOf: directory["s/report.html"])
        try FileManager.default.removeItem(at: directory["s/report.html"])
        #expect(try run(["report", "s"]).status == 0)
        #expect(try Data(contentsOf: directory["s/report.html"]) == report)
        #expect(try run(["report", "nothing"]).errors.contains("'nothing' holds no sweep"))
    }

    @Test func aKilledSweepGoesOnWhereItWas() throws {
        let command =
            ["sweep", "-o", "s", "--repeats", "3", "--vary", "steps=1|2"] + Self.small
        let process = try Program.start(command, in: directory.url)
        let file = directory["s/results.jsonl"]
        let deadline = Date().addingTimeInterval(60)
        while Date() < deadline, (try? lines("s/results.jsonl").count) ?? 0 < 2 { usleep(20_000) }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        let before = try Data(contentsOf: file)
        let count = try lines("s/results.jsonl").count
        #expect((2..<9).contains(count))

        let other = try run(command + ["--base", "shift=2"])
        #expect(
            other.errors.contains("Error: 's' holds another sweep: its trial 0 is 'baseline'"),
            "\(other.errors)")
        let resumed = try run(command)
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(resumed.errors.contains("9 runs, \(count) of them done already"))
        #expect(try Data(contentsOf: file).starts(with: before))
        let runs = try lines("s/results.jsonl").map(record).map { record in
            "\(record["trial"] ?? "") \(record["seed"] ?? "") \(record["repeat"] ?? "")"
        }
        #expect(runs.count == 9 && Set(runs).count == 9)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: directory["s"].path).allSatisfy {
                !$0.hasPrefix(".")
            })
    }

    @Test func interruptionKeepsFinishedRuns() throws {
        let command = ["sweep", "-o", "s", "--vary", "steps=900|1000"] + Self.small + ["--base", "steps=1"]
        let process = try Program.start(command, in: directory.url)
        let deadline = Date().addingTimeInterval(60)
        while Date() < deadline, (try? lines("s/results.jsonl").count) ?? 0 < 1 { usleep(20_000) }
        usleep(300_000)
        process.interrupt()
        process.waitUntilExit()
        #expect(process.terminationStatus == 130)
        #expect(try lines("s/results.jsonl").count == 1)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: directory["s"].path).sorted() == [
                "baseline", "clips", "pictures", "report.html", "results.csv", "results.jsonl", "results.md",
                "sweep.json",
            ])
    }

    @Test func aDryRunListsAndWritesNothing() throws {
        try Data(
            #"{"grid": {"steps": [0, 4]}, "trials": [{"name": "mild", "options": {"guidance": 2}}]}"#.utf8
        )
        .write(to: directory["t.json"])
        let listed = try run([
            "sweep", "--dry-run", "--settings", "t.json", "--prompt", "a duck", "--seeds", "1-3",
        ])
        #expect(listed.status == 0)
        let rows = listed.text.split(separator: "\n")
        #expect(rows.count == 5 && rows[1] == "1  steps=0  (cannot run)" && rows[4] == "4 trials of 3 clips")
        #expect(rows[0].hasPrefix("0  baseline  80 tokens  ") && rows[3].hasPrefix("3  mild  80 tokens  "))
        #expect(rows[2].firstMatch(of: /^2  steps=4  80 tokens  9\.\d+e9 operations  peak \d+/) != nil)
        #expect(try directory.contents == ["t.json"])
    }

    /// A frame of 16384 x 16384 pixels takes 111 GiB.
    @Test func whatTheMachineCannotHoldIsNotTried() throws {
        let listed = try run([
            "sweep", "--dry-run", "--prompt", "a duck", "--base", "frames=17", "--vary", "width=64|16384",
            "--vary", "height=64|16384",
        ])
        #expect(listed.status == 0, "\(listed.errors)")
        #expect(
            listed.errors.contains(
                "warning: trial 4, 'width=16384 height=16384', cannot run: It would need "))
        #expect(listed.text.contains("(cannot run)\n5 trials of 1 clip"))
    }

    @Test(arguments: [
        (["--vary", "bogus=1"], "Error: Trial 1, 'bogus=1': Unknown option '--bogus'"),
        (["--vary", "precision=int4"], "Error: Trial 1, 'precision=int4': The value 'int4' is invalid"),
        (
            ["--vary", "seed=1|2"],
            "Error: Trial 1, 'seed=1': --seed cannot be tried, because the sweep sets it itself."
        ),
        (["--vary", "o=x.mp4"], "Error: Trial 1, 'o=x.mp4': Unknown option '--o'"),
        (["--vary", "output=x.mp4"], "--output cannot be tried"),
        (["--vary", "save-latents=x"], "--save-latents cannot be tried"),
        (["--vary", "json"], "--json cannot be tried"),
        (["--vary", "quiet"], "--quiet cannot be tried"),
        (["--base", "profile=p", "--vary", "steps=2"], "--profile cannot be tried"),
        (["--vary", "save-steps=x"], "--save-steps cannot be tried"),
        (["--vary", "preset=x.json"], "--preset cannot be tried"),
        (["--vary", "model=world"], "--model cannot be tried"),
        (
            ["--base", "steps=0", "--vary", "shift=2"],
            "Error: The baseline, which every trial is compared with"
        ),
        (["--vary", "steps=2", "--repeats", "0"], "Error: --repeats 0: it has to be from 1 to 1000."),
        (["--vary", "steps=2", "--seeds", "x"], "Error: --seeds x: 'x' is no seed."),
        (["--vary", "steps=2", "--prompts", "/nowhere"], "Error: '/nowhere' cannot be read"),
        (["--vary", "steps=2"], "Error: Say with --output which directory takes the results"),
        ([], "Error: There is nothing to compare with the baseline."),
    ])
    func badSweepsSayWhatToDo(arguments: [String], text: String) throws {
        let result = try run(["sweep", "--prompt", "a duck"] + arguments)
        #expect(result.status != 0)
        #expect(result.errors.contains(text), "\(result.errors)")
        #expect(try directory.contents.isEmpty)
    }

    @Test func tuningProposesAPresetThatMeetsTheGoal() throws {
        let command = ["tune", "-o", "t", "--seeds", "1", "--base", "steps=2"] + Self.small
        let tuned = try run(command + ["--max-memory", "1GiB"])
        #expect(tuned.status == 0, "\(tuned.errors)")
        #expect(tuned.errors.contains("zoetrope generate \"...\" --preset t/preset.json"))
        let preset = try JSONSerialization.jsonObject(with: Data(contentsOf: directory["t/preset.json"]))
        // Memory is enough for everything: what is nearest to the baseline is the baseline.
        #expect((preset as? [String: Any])?["name"] as? String == "baseline")
        #expect(try run(["generate", "x", "--preset", "t/preset.json", "-o", "x.gif"]).status == 0)

        let impossible = try run(command + ["--max-memory", "1MiB"])
        #expect(impossible.status != 0)
        #expect(impossible.errors.contains("Error: No trial meets the goal; the nearest is trial "))
    }

    @Test(arguments: [
        ([], "Error: Say what is wanted with --target-seconds, --max-memory or --min-psnr."),
        (["--min-psnr", "-3"], "Missing value for '--min-psnr <x>'"),
        (["--min-psnr", "0"], "Error: --min-psnr 0.0: it has to be above 0."),
        (["--max-memory", "3"], "'3' is no size. Write a number with KiB, MiB or GiB, such as 1GiB."),
        (
            ["--min-psnr", "30", "--budget-minutes", "nan"],
            "Error: --budget-minutes nan: it has to be above 0."
        ),
        (["--min-psnr", "30", "--budget-minutes", "0.000001"], "Error: No trial was measured."),
    ])
    func badGoalsSayWhatToDo(arguments: [String], text: String) throws {
        let result = try run(["tune", "--prompt", "a duck", "-o", "t"] + arguments)
        #expect(result.status != 0)
        #expect(result.errors.contains(text), "\(result.errors)")
    }

    @Test func badPresetsSayWhatToDo() throws {
        func write(_ options: String) throws {
            let text = #"{"format": "zoetrope.preset", "version": 1, "name": "p", "options": [\#(options)]}"#
            try Data(text.utf8).write(to: directory["p.json"])
        }
        for (options, reason) in [
            (#""-o", "x.mp4""#, "--output is no setting"), (#""--seed", "3""#, "--seed is no setting"),
            (#""--preset", "q.json""#, "--preset is no setting"), (#""--bogus""#, "Unknown option '--bogus'"),
            (#""a prompt""#, "Unexpected argument"),
        ] {
            try write(options)
            for words in [["--preset", "p.json"], ["--preset=p.json"]] {
                let result = try run(["generate", "x", "-o", "clip.mp4"] + words)
                #expect(result.status != 0)
                #expect(
                    result.errors.contains("Error: The preset 'p.json' cannot be used: \(reason)"),
                    "\(result.errors)")
            }
        }
        #expect(try run(["generate", "x", "--preset", "q.json"]).errors.contains("'q.json' cannot be read"))
        #expect(
            try run(["generate", "x", "--preset"]).errors.contains("Missing value for '--preset <file>'"))
        #expect(try directory.contents == ["p.json"])
    }
}
