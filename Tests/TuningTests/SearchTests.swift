import Foundation
import Testing
import Tuning
import Zoetrope

struct SearchTests {
    /// Trials take `20 - n` seconds and lose one decibel from 60 with each number; nothing is run.
    private func records(of runs: [PlannedRun], in definition: SweepDefinition) -> [RunRecord] {
        runs.map { run in
            var record = RunRecord(
                trial: definition.trials[run.trial], of: run.sweepCase, repetition: run.repetition)
            record.cost = RunCost(
                seconds: [:], totalSeconds: Double(20 - run.trial), processSeconds: 20, stepSeconds: [],
                peakResidentBytes: (100 - run.trial) << 20, stepTokens: [], threads: 1, kernels: "")
            record.quality = ClipQuality(
                latentRelativeL2: nil, psnr: 60 - Double(run.trial), ssim: nil, flicker: 0, flickerRatio: nil)
            return record
        }
    }

    private func sweep() throws -> SmallSweep {
        try SmallSweep(
            vary: ["steps=" + (1...16).map(String.init).joined(separator: "|")], prompts: ["a", "b"],
            seeds: [1, 2])
    }

    @Test(arguments: [
        (TuningGoal(psnr: 50.5), 9), (TuningGoal(seconds: 12), 8), (TuningGoal(peakBytes: 95 * 1_048_576), 5),
        (TuningGoal(seconds: 14.5, peakBytes: 97.5 * 1_048_576), 6), (TuningGoal(seconds: 10, psnr: 30), 16),
        (TuningGoal(seconds: 100), 0),
    ])
    func theBestTrialIsFound(goal: TuningGoal, expected: Int) async throws {
        let definition = try sweep().definition
        let search = SuccessiveHalving(definition, goal: goal)
        var made: Set<PlannedRun> = []
        let found = try await search.search { runs in
            made.formUnion(runs)
            return records(of: Array(made), in: definition)
        }
        let best = try #require(search.best(found))
        #expect(best.trial.number == expected)
        #expect(goal.score(best)?.lack == 0)
        // 17 once, 9 on two clips twice, 5 and then 4 on four clips three times: far from 17 x 4 x 3.
        #expect(made.count < 100 && made.count(where: { $0.trial == expected }) == 12)
        #expect(made.contains(PlannedRun(trial: 0, sweepCase: definition.cases[3], repetition: 0)))
    }

    @Test func whatLacksLeastIsNearestAndFailuresAreOut() throws {
        let definition = try sweep().definition
        let runs = [3, 9, 16].map { PlannedRun(trial: $0, sweepCase: definition.cases[0], repetition: 0) }
        var records = records(of: runs, in: definition)
        let goal = TuningGoal(seconds: 2)
        func ranked() -> [Int] {
            goal.ranked(definition.trials.map { TrialSummary($0, records: records) }).map(\.trial.number)
        }
        #expect(ranked() == [16, 9, 3])
        records[2].error = "killed"
        #expect(ranked() == [9, 3])
        #expect(try #require(goal.score(TrialSummary(definition.trials[9], records: records))).lack > 0)
    }

    @Test func searchingEndsWhereNothingCanBeMeasured() async throws {
        let definition = try sweep().definition
        let search = SuccessiveHalving(definition, goal: TuningGoal(psnr: 30))
        #expect(try await search.search { _ in [] }.isEmpty)
        #expect(search.best([]) == nil)
    }

    @Test func candidatesAreFewerStepsCoarserPatchesAndEightBits() throws {
        let settings = try VideoGenerator(model: "sprites").resolve(GenerationRequest(prompt: "x"))
        let world = try VideoGenerator(model: "world").inspect().patchSizes
        let names = TuningCandidates.choices(around: settings, patchSizes: world).map { choices in
            choices.map(\.description).joined(separator: " ")
        }
        // Three numbers of steps, two precisions; the base, three sizes, three schedules and five ways to leave out work.
        #expect(names.count == 72 && Set(names).count == 72)
        #expect(
            names.filter { $0.hasPrefix("steps=9 precision=int8 ") && !$0.contains("patch") } == [
                "steps=9 precision=int8 cache=0.1", "steps=9 precision=int8 merge=0.25,steps=4-",
                "steps=9 precision=int8 pool-keys=1x1x2,steps=4-", "steps=9 precision=int8 reuse-guidance=2",
                "steps=9 precision=int8 guidance-steps=0-3",
            ])
        #expect(
            names.first == "steps=12 precision=fp32"
                && names.contains("steps=6 precision=int8 patch=2x4x4:3,1x2x2"))
        // A finer size than the base saves nothing.
        #expect(!names.contains { $0.contains("patch=1x1x1") })
        let sprites = try VideoGenerator(model: "sprites").inspect().patchSizes
        #expect(TuningCandidates.choices(around: settings, patchSizes: sprites).count == 36)
        var short = settings
        short.steps = 1
        #expect(TuningCandidates.choices(around: short, patchSizes: world).count == 8)
        (short.steps, short.guidance) = (4, 1)
        #expect(
            !TuningCandidates.choices(around: short, patchSizes: sprites).joined().contains {
                $0.name.contains("guidance")
            })
    }

    @Test func allCandidatesCanRun() throws {
        let generator = try VideoGenerator(model: "sprites")
        for (steps, guidance) in [(12, 3.0), (4, 3), (5, 1)] {
            var request = GenerationRequest(prompt: "x")
            (request.steps, request.guidance) = (steps, guidance)
            let settings = try generator.resolve(request)
            for choices in TuningCandidates.choices(around: settings, patchSizes: []) {
                var trial = request
                for choice in choices { try Self.apply(choice, to: &trial) }
                _ = try generator.resolve(trial)
            }
        }
    }

    private static func apply(_ choice: OptionChoice, to request: inout GenerationRequest) throws {
        guard case let .text(text) = choice.value else { return }
        var compression = request.compression ?? CompressionOptions()
        switch choice.name {
        case "steps": request.steps = try #require(Int(text))
        case "precision": request.precision = try #require(Precision(rawValue: text))
        case "cache": request.cache = try BlockCaching(text)
        case "reuse-guidance": request.guidanceReuse = try GuidanceReuse(text)
        case "guidance-steps": request.guidanceSteps = try GuidanceSteps(text)
        case "merge": compression.merge = try MergeOption(text)
        case "pool-keys": compression.poolKeys = try KeyPoolingOption(text)
        default: Issue.record("\(choice)")
        }
        request.compression = compression
    }
}
