import Foundation
import Tensors
import TestSupport
import Testing
import Tuning

struct ResultsTests {
    @Test func aSpreadHasTheMedian() throws {
        #expect(Spread([]) == nil)
        #expect(try #require(Spread([3, 1, 2])).median == 2)
        let even = try #require(Spread([4, 1, 3, 2]))
        #expect(even.median == 2.5 && even.least == 1 && even.most == 4)
    }

    @Test func noOtherTrialBeatsThoseOnTheFront() {
        let points = seeded([40, 2], seed: 3).values.map { Double(($0 * 8).rounded()) }
        let all = (0..<40).map {
            ParetoFront.Point(trial: $0, cost: points[2 * $0], gain: points[2 * $0 + 1])
        }
        let front = ParetoFront.of(all)
        #expect(front.count > 1)
        // Walking to the right of the front, only better pictures belong to it.
        var best = -Double.infinity
        for cost in Set(all.map(\.cost)).sorted() {
            let gain = all.filter { $0.cost == cost }.map(\.gain).max() ?? 0
            let expected = gain > best ? all.filter { $0.cost == cost && $0.gain == gain } : []
            #expect(front.filter { $0.cost == cost } == expected.sorted { $0.trial < $1.trial })
            best = max(best, gain)
        }
    }

    /// Reads quoted fields, as RFC 4180 has them.
    private func rows(of csv: String) -> [[String]] {
        var (rows, row, field, isQuoted) = ([[String]](), [String](), "", false)
        for character in csv {
            switch character {
            case "\"":
                if !isQuoted && field.hasSuffix("\u{0}") { field.removeLast(); field.append("\"") }
                isQuoted.toggle()
                if !isQuoted { field.append("\u{0}") }
            case "," where !isQuoted, "\n" where !isQuoted:
                row.append(field.replacing("\u{0}", with: ""))
                field = ""
                if character == "\n" {
                    rows.append(row)
                    row = []
                }
            default: field.append(character)
            }
        }
        return rows
    }

    @Test func theTableHasARowForEachTrialPromptAndSeed() throws {
        let sweep = try SmallSweep()
        var failed = RunRecord(
            trial: sweep.definition.trials[2], of: sweep.definition.cases[0], repetition: 0)
        failed.error = "killed, \"out\" of memory"
        let records = [
            sweep.record(0), sweep.record(1, repetition: 1), sweep.record(1), failed,
            sweep.record(1, seed: 2),
        ]
        let rows = rows(of: ResultsTable.csv(sweep.definition, records: records))
        #expect(rows[0] == ResultsTable.columns)
        #expect(rows.count == 5 && rows.allSatisfy { $0.count == ResultsTable.columns.count })
        func value(_ row: Int, _ column: String) throws -> String {
            rows[row][try #require(ResultsTable.columns.firstIndex(of: column))]
        }
        #expect(try value(2, "trial") == "1" && value(2, "name") == "steps=6" && value(2, "seed") == "1")
        #expect(try value(2, "prompt") == sweep.definition.prompts[0])
        // 3.25 s and 3.55 s.
        #expect(try value(2, "runs") == "2" && value(2, "total_seconds") == "3.4000")
        #expect(try value(2, "total_seconds_least") == "3.2500" && value(2, "total_seconds_most") == "3.5500")
        #expect(try value(2, "sample_seconds") == "3.1500" && value(2, "picture_seconds") == "")
        #expect(try value(2, "most_tokens") == "80" && value(2, "mean_tokens") == "50.0")
        #expect(try value(2, "psnr") == "40.000" && value(2, "flicker_ratio") == "1.2500")
        #expect(try value(2, "peak_bytes") == "2097152")
        #expect(try value(4, "error") == "killed, \"out\" of memory" && value(4, "total_seconds") == "")
        #expect(
            try value(2, "command")
                == #"zoetrope generate 'a red <balloon> & "it'\''s" shadow' --steps 6 --seed 1 -o clip.mp4"#)
    }

    @Test func commandsAreReadByAShellAsTheyAreMeant() throws {
        let sweep = try SmallSweep(
            vary: ["negative-prompt=a b|-x"], prompts: ["--help"], modelOption: "my model")
        let item = sweep.definition.cases[0]
        let commands = sweep.definition.trials.map { Repetition.command($0, item, of: sweep.definition) }
        #expect(
            commands == [
                "zoetrope generate --model 'my model' --seed 1 -o clip.mp4 -- --help",
                "zoetrope generate --model 'my model' --negative-prompt 'a b' --seed 1 -o clip.mp4 -- --help",
                "zoetrope generate --model 'my model' --negative-prompt=-x --seed 1 -o clip.mp4 -- --help",
            ])
        #expect(Repetition.quoted("") == "''" && Repetition.quoted("$(x)") == "'$(x)'")
    }

    @Test func aTrialBecomesAPreset() throws {
        let sweep = try SmallSweep(modelOption: "sprites")
        do {
            let directory = try sweep.open()
            for record in [sweep.record(0), sweep.record(1), sweep.record(1, seed: 2, repetition: 1)] {
                try directory.append(record)
            }
            var failed = sweep.record(2)
            failed.error = "killed"
            try directory.append(failed)
        }
        let preset = try Preset(trial: 1, of: sweep.path)
        #expect(preset.options == ["--model", "sprites", "--steps", "6"] && preset.name == "steps=6")
        #expect(abs((preset.measured?.seconds ?? 0) - 3.4) < 1e-9 && preset.measured?.baselineSeconds == 4.25)
        let file = sweep.temporary["preset.json"].path
        try preset.write(to: file)
        #expect(try Preset.read(file) == preset)

        #expect(throws: SweepError.noSuchTrial(number: 3, path: sweep.path, last: 2)) {
            try Preset(trial: 3, of: sweep.path)
        }
        #expect(throws: SweepError.failedTrial(number: 2, path: sweep.path, error: "killed")) {
            try Preset(trial: 2, of: sweep.path)
        }
        #expect(throws: SweepError.notASweep(path: "/nowhere", reason: "it has no sweep.json")) {
            try Preset(trial: 2, of: "/nowhere")
        }
        try Data("{}".utf8).write(to: URL(fileURLWithPath: file))
        #expect(throws: SweepError.preset(path: file, reason: "it has no format, version, name and options"))
        {
            try Preset.read(file)
        }
        try Data(#"{"format": "other", "version": 2, "name": "", "options": []}"#.utf8)
            .write(to: URL(fileURLWithPath: file))
        #expect(throws: SweepError.preset(path: file, reason: "it is other 2, not zoetrope.preset 1")) {
            try Preset.read(file)
        }
    }
}
