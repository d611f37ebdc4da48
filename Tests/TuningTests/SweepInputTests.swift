import Foundation
import TestSupport
import Testing
import Tuning

/// Files and lists that a user gives.
struct SweepInputTests {
    private func parse(_ text: String) throws -> TrialList {
        try SettingsFile.parse(Data(text.utf8), from: "t.json")
    }

    @Test func aSettingsFileHoldsBaseGridAndTrials() throws {
        let list = try parse(
            """
            {"base": {"guidance": 2.5, "merge": true}, "grid": {"patch": ["1x2x2", null], "steps": [6, 12]},
             "trials": [{"name": "quick", "options": {"steps": 3, "merge": false}}, {"options": {"shift": 5.0}}]}
            """)
        #expect(list.base == [OptionChoice("guidance", .text("2.5")), OptionChoice("merge", .on)])
        #expect(
            list.axes == [
                .init("patch", [.text("1x2x2"), .leftOut]), .init("steps", [.text("6"), .text("12")]),
            ])
        let trials = try list.trials()
        #expect(
            trials.map(\.name) == [
                "baseline", "patch=1x2x2 steps=6", "patch=1x2x2 steps=12", "patch=default steps=6",
                "patch=default steps=12", "quick", "shift=5",
            ])
        #expect(trials[5].options.words == ["--guidance", "2.5", "--steps", "3"])
    }

    @Test(arguments: [
        ("[]", "the file", "a list of 0", "an object"),
        (#"{"Grid": {}}"#, "the file", "'Grid'", "only base, grid and trials"),
        (#"{"grid": {"steps": 6}}"#, "grid.steps", "6", "a list of values"),
        (#"{"grid": {"steps": []}}"#, "grid.steps", "a list of 0", "a list of values"),
        (
            #"{"grid": {"steps": [[1]]}}"#, "grid.steps", "a list of 1",
            "a text, a number, true, false or null"
        ),
        (#"{"base": {"a b": 1}}"#, "base.a b", "'a b'", "the long name of an option, such as patch"),
        (#"{"trials": {}}"#, "trials", "an object", "a list of trials"),
        (#"{"trials": [{"steps": 3}]}"#, "trials[0]", "'steps'", "only name, a text, and options"),
        (
            #"{"trials": [{}, {"options": {"steps": {}}}]}"#, "trials[1].options.steps", "an object",
            "a text, a number, true, false or null"
        ),
    ])
    func aSettingsFileSaysWhereItIsWrong(text: String, place: String, found: String, wanted: String) throws {
        #expect(throws: SweepError.settings(path: "t.json", place: place, found: found, wanted: wanted)) {
            try parse(text)
        }
    }

    @Test func aFileThatIsNoJSONIsNamed() throws {
        let error = #expect(throws: SweepError.self) { try parse("{") }
        #expect(error?.description.hasPrefix("'t.json', the file: found ") == true)
        #expect(throws: SweepError.unreadable(path: "/nowhere", reason: "No such file or directory")) {
            try SettingsFile.read("/nowhere")
        }
    }

    @Test func seedsAreListsAndRanges() throws {
        #expect(try SweepCase.seeds("7") == [7])
        #expect(try SweepCase.seeds("1, 2,10-12,11") == [1, 2, 10, 11, 12])
        #expect(try SweepCase.seeds("18446744073709551614-18446744073709551615").count == 2)
        for (text, part) in [
            ("", ""), ("1,,2", ""), ("x", "x"), ("-1", "-1"), ("3-2", "3-2"), ("1-2-3", "1-2-3"),
            ("0-18446744073709551615", "0-18446744073709551615"),
        ] {
            #expect(throws: SweepError.seeds(found: text, part: part)) { try SweepCase.seeds(text) }
        }
    }

    @Test func aPromptFileHasAPromptOnEachLine() throws {
        let directory = TemporaryDirectory()
        let file = directory["prompts.txt"]
        try Data("# sprites\n\n a red balloon \r\na duck\na duck\n".utf8).write(to: file)
        #expect(try SweepCase.prompts(in: file.path) == ["a red balloon", "a duck"])
        try Data("# nothing\n".utf8).write(to: file)
        #expect(throws: SweepError.noPrompts(path: file.path)) { try SweepCase.prompts(in: file.path) }
        #expect(
            SweepCase.all(prompts: ["a", "b"], seeds: [1, 2]).map { "\($0.prompt)\($0.seed)" } == [
                "a1", "a2", "b1", "b2",
            ])
    }
}
