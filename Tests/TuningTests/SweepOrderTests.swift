import Testing
import Tuning

struct SweepOrderTests {
    private let trials = (0..<5).map { Trial(number: $0, name: "\($0)", options: []) }
    private let cases = SweepCase.all(prompts: ["a", "b"], seeds: [1, 2])

    private func runs(repeats: Int, seed: UInt64 = 3) -> [PlannedRun] {
        SweepOrder.runs(trials: trials, cases: cases, repeats: repeats, seed: seed)
    }

    @Test func everyRunIsThereOnceAndBaselinesComeFirst() {
        let runs = runs(repeats: 3)
        #expect(runs.count == 5 * 4 * 3 && Set(runs).count == runs.count)
        #expect(runs.prefix(4) == cases.map { PlannedRun(trial: 0, sweepCase: $0, repetition: 0) }[...])
        #expect(runs.map(\.repetition) == runs.map(\.repetition).sorted())
    }

    @Test func roundsAreShuffledEachInItsOwnWay() {
        let runs = runs(repeats: 3)
        func round(_ number: Int) -> [String] {
            runs.filter { $0.repetition == number && $0.trial > 0 }.map { "\($0.trial) \($0.sweepCase)" }
        }
        #expect(round(0) != round(0).sorted() && round(1) != round(0) && round(2) != round(1))
        #expect(self.runs(repeats: 3) == runs)
        #expect(self.runs(repeats: 3, seed: 4) != runs)
    }

    @Test func moreRepeatsOnlyAddRuns() {
        #expect(runs(repeats: 2) == Array(runs(repeats: 3).prefix(40)))
    }

    @Test func aFailedTrialIsNotRepeatedAndTheTimeLeftFollowsWhatIsKnown() {
        let runs = runs(repeats: 2)
        var failed = RunRecord(trial: trials[1], of: cases[0], repetition: 0)
        failed.error = "killed"
        var progress = SweepProgress(runs, records: [failed])
        #expect(progress.done == 2)
        #expect(!progress.wants(PlannedRun(trial: 1, sweepCase: cases[0], repetition: 1)))
        #expect(progress.wants(PlannedRun(trial: 1, sweepCase: cases[1], repetition: 1)))
        #expect(progress.secondsLeft == 0)
        progress.add(RunRecord(trial: trials[2], of: cases[0], repetition: 0), took: .seconds(2))
        // 37 runs of trials of which nothing is known, or trial 2 itself.
        #expect(progress.done == 3 && progress.secondsLeft == 74)
        progress.add(RunRecord(trial: trials[3], of: cases[0], repetition: 0), took: .seconds(4))
        // Seven of trial 2, seven of trial 3, 22 others.
        #expect(progress.secondsLeft == 108)
        #expect(progress.estimate(PlannedRun(trial: 3, sweepCase: cases[1], repetition: 0)) == .seconds(4))
    }
}
