import Foundation
import Testing
import Tuning

struct TrialListTests {
    private func list(base: [String] = [], vary: [String]) throws -> TrialList {
        var list = TrialList()
        list.base = try base.map { try OptionChoice($0) }
        list.axes = try vary.map { try OptionGrid.Axis($0) }
        return list
    }

    @Test func everyCombinationIsATrialAndTheLastAxisChangesFirst() throws {
        let trials = try list(vary: ["patch=1x2x2|2x4x4:8,1x2x2", " --steps = 10 | 20 "]).trials()
        #expect(
            trials.map(\.name) == [
                "baseline", "patch=1x2x2 steps=10", "patch=1x2x2 steps=20", "patch=2x4x4:8,1x2x2 steps=10",
                "patch=2x4x4:8,1x2x2 steps=20",
            ])
        #expect(trials.map(\.number) == [0, 1, 2, 3, 4])
        #expect(trials[3].options.words == ["--patch", "2x4x4:8,1x2x2", "--steps", "10"])
        #expect(trials[0].options.isEmpty)
    }

    @Test func aTrialGoesBeforeTheBase() throws {
        let trials = try list(base: ["guidance=4", "steps=12"], vary: ["steps=6|12|", "merge"]).trials()
        // Steps as in the base and no flag is the baseline itself.
        #expect(
            trials.map(\.name) == [
                "baseline", "steps=6 merge=default", "steps=6 merge", "steps=12 merge",
                "steps=default merge=default", "steps=default merge",
            ])
        #expect(trials[0].options.words == ["--guidance", "4", "--steps", "12"])
        #expect(trials[1].options.words == ["--guidance", "4", "--steps", "6"])
        #expect(trials[2].options.words == ["--guidance", "4", "--steps", "6", "--merge"])
        #expect(trials[5].options.words == ["--guidance", "4", "--merge"])
    }

    @Test func singleTrialsFollowTheGridAndAreNotTriedTwice() throws {
        var list = try list(vary: ["steps=6|12"])
        list.single = [
            ("quick", [OptionChoice("steps", .text("3"))]), (nil, [OptionChoice("steps", .text("6"))]),
        ]
        #expect(try list.trials().map(\.name) == ["baseline", "steps=6", "steps=12", "quick"])
    }

    @Test func valuesMayHoldEqualsSignsAndBeginWithAHyphen() throws {
        let choice = try OptionChoice("negative-prompt=-a=b")
        #expect(choice.words == ["--negative-prompt=-a=b"])
        let text = try JSONEncoder().encode([choice, OptionChoice("merge"), OptionChoice("patch=")])
        #expect(String(decoding: text, as: UTF8.self) == #"["negative-prompt=-a=b","merge","patch="]"#)
        #expect(
            try JSONDecoder().decode([OptionChoice].self, from: text) == [
                choice, OptionChoice("merge", .on), OptionChoice("patch", .leftOut),
            ])
    }

    @Test func whatMakesNoGridIsRefused() throws {
        #expect(throws: SweepError.nothingToTry) { try list(base: ["steps=4"], vary: ["steps=4"]).trials() }
        #expect(throws: SweepError.nothingToTry) { try list(vary: []).trials() }
        #expect(throws: SweepError.repeatedAxis(name: "steps")) {
            try list(vary: ["steps=1|2", "shift=2|3", "steps=3"]).trials()
        }
        let many = "=" + (1...101).map(String.init).joined(separator: "|")
        #expect(throws: SweepError.tooMany(count: 10_201, most: 10_000)) {
            try list(vary: ["a" + many, "b" + many]).trials()
        }
        #expect(throws: SweepError.tooMany(count: .max, most: 10_000)) {
            try list(vary: "abcdefghijkl".map { "\($0)\(many)" }).trials()
        }
        for text in ["=1|2", "", "a b=1", "--=1", "9=1"] {
            #expect(throws: SweepError.optionText(found: text)) { try OptionGrid.Axis(text) }
            #expect(throws: SweepError.optionText(found: text)) { try OptionChoice(text) }
        }
    }
}
