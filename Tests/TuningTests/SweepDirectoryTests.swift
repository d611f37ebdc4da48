import Foundation
import TestSupport
import Testing
import Tuning

struct SweepDirectoryTests {
    @Test func recordsComeBackAsTheyWereWritten() throws {
        let sweep = try SmallSweep()
        var failed = RunRecord(
            trial: sweep.definition.trials[2], of: SweepCase(prompt: "ü\n\"", seed: .max), repetition: 0)
        failed.error = "killed by signal 9"
        let records = [sweep.record(0), sweep.record(1, seed: 2, repetition: 1), failed]
        let directory = try sweep.open()
        for record in records { try directory.append(record) }
        #expect(try directory.records() == records)
        #expect(try SweepDirectory.records(of: sweep.path) == records)
        let text = try String(
            contentsOf: directory.url.appendingPathComponent("results.jsonl"), encoding: .utf8)
        let lines = text.split(separator: "\n")
        #expect(lines.count == 3)
        let line = try #require(try JSONSerialization.jsonObject(with: Data(lines[0].utf8)) as? [String: Any])
        #expect(Set(line.keys) == ["trial", "name", "prompt", "seed", "repeat", "cost", "quality", "clip"])
    }

    @Test func aLineThatWasCutOffIsDroppedAndADamagedOneNamed() throws {
        let sweep = try SmallSweep()
        let file = URL(fileURLWithPath: sweep.path).appendingPathComponent("results.jsonl")
        do {
            let directory = try sweep.open()
            try directory.append(sweep.record(0))
            let whole = try Data(contentsOf: file)
            try (whole + Data(#"{"trial":1,"na"#.utf8)).write(to: file)
            #expect(try directory.records() == [sweep.record(0)])
            #expect(try Data(contentsOf: file) == whole)
            try directory.append(sweep.record(1))
            #expect(try directory.records().count == 2)
            try (whole + Data("{}\n".utf8) + whole).write(to: file)
            let error = SweepError.damaged(path: file.path, line: 2, reason: "it is no run of a sweep")
            #expect(throws: error) { try directory.records() }
        }
    }

    @Test func oneSweepHasADirectoryForItself() throws {
        let sweep = try SmallSweep()
        let directory = try sweep.open()
        #expect(throws: SweepError.inUse(path: sweep.path)) { try sweep.open() }
        withExtendedLifetime(directory) {}
    }

    @Test func theSameSweepOpensItAgainAndRemovesWhatAKillLeft() throws {
        let sweep = try SmallSweep()
        let work = try sweep.open().makeWork()
        try Data("half".utf8).write(to: work.appendingPathComponent("clip.mp4"))
        _ = try sweep.open()
        #expect(!FileManager.default.fileExists(atPath: work.path))
    }

    @Test func anotherSweepIsRefusedAndTheDifferenceNamed() throws {
        let sweep = try SmallSweep()
        _ = try sweep.open()
        let others: [(SmallSweep, String)] = [
            (try SmallSweep(seeds: [1]), "its seeds differ"),
            (try SmallSweep(prompts: ["b"]), "its prompts differ"),
            (
                try SmallSweep(vary: ["steps=6|12|20"]), "it has 2 trials and not 3"
            ),
            (try SmallSweep(vary: ["steps=7|12"]), "its trial 1 is 'steps=6' and not 'steps=7'"),
            (try SmallSweep(modelOption: "sprites"), "the model is named differently"),
        ]
        for (other, difference) in others {
            #expect(throws: SweepError.otherSweep(path: sweep.path, difference: difference)) {
                try SweepDirectory(sweep.path, for: other.definition)
            }
        }
    }

    @Test func directoriesOfOtherThingsAreLeftAlone() throws {
        let sweep = try SmallSweep()
        let directory = TemporaryDirectory()
        try Data("mine".utf8).write(to: directory["notes.txt"])
        let error = #expect(throws: SweepError.self) {
            try SweepDirectory(directory.url.path, for: sweep.definition)
        }
        #expect(error?.description.contains("it has no sweep.json, but other files") == true)
        #expect(try directory.contents == ["notes.txt"])
        try Data("{}".utf8).write(to: directory["sweep.json"])
        let reason = "its sweep.json is not of this version"
        #expect(throws: SweepError.notASweep(path: directory.url.path, reason: reason)) {
            try SweepDirectory(directory.url.path, for: sweep.definition)
        }
    }
}
