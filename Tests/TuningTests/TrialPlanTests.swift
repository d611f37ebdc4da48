import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing
import Tuning
import Zoetrope

/// What is known of trials beforehand, how they leave the baseline's path, and what the judge says.
struct TrialPlanTests {
    @Test func availableMemoryIsWhatTheSystemSays() throws {
        let directory = TemporaryDirectory()
        let file = directory["meminfo"]
        try Data("MemTotal:       24683776 kB\nMemAvailable:   12 kB\nBuffers: 3 kB\n".utf8).write(to: file)
        #expect(AvailableMemory.bytes(in: file.path) == 12_288)
        try Data("MemTotal: 1 kB\n".utf8).write(to: file)
        #expect(AvailableMemory.bytes(in: file.path) == nil)
        #expect(AvailableMemory.bytes(in: "/nowhere") == nil)
    }

    @Test func aPlanIsThatOfTheRun() throws {
        let generator = try VideoGenerator(model: "sprites")
        var request = GenerationRequest(prompt: "x")
        request.steps = 3
        let whole = try generator.plan(try generator.resolve(request))
        let plan = TrialPlan(whole)
        #expect(plan.stepTokens == [80, 80, 80] && plan.mostTokens == 80 && plan.meanTokens == 80)
        #expect(plan.peakBytes == whole.peakBytes && plan.samplingSeconds == nil)
        #expect(plan.samplingOperations == whole.operations["sample"]?.values.reduce(0, +))
        // Fifty plans later the program is as large as at the first.
        for _ in 0..<50 { _ = try generator.plan(try generator.resolve(request)) }
        #expect(TrialPlan(try generator.plan(try generator.resolve(request))) == plan)
    }

    @Test func runsAreComparedStepByStep() throws {
        let directory = TemporaryDirectory()
        func file(_ name: String, _ steps: [[Float]], shape: [Int] = [1, 1, 1, 2]) throws -> URL {
            let tensors = steps.enumerated().map { ("step.\($0.offset)", Tensor($0.element, shape: shape)) }
            try SafetensorsWriter.write(tensors, to: directory[name])
            return directory[name]
        }
        let expected = try file("a", [[3, 4], [0, 2]])
        #expect(try StepDifferences.between(try file("b", [[3, 4], [0, 3]]), expected) == [0, 0.5])
        #expect(
            try StepDifferences.between(try file("c", [[.nan, 4], [0, 2]]), expected) == [.infinity, 0])
        #expect(try StepDifferences.between(try file("d", [[3, 4]]), expected) == nil)
        let other = try file("e", [[3, 4], [0, 2]], shape: [1, 1, 2, 1])
        #expect(try StepDifferences.between(other, expected) == nil)
    }

    /// Trial 1 with a plan and steps, judged.
    private func directory(of sweep: SmallSweep) throws -> SweepDirectory {
        let directory = try sweep.open()
        for trial in 0...2 {
            var record = sweep.record(trial)
            record.plan = TrialPlan(
                stepTokens: [20, 80], samplingOperations: 2_000_000_000 * (3 - trial), samplingSeconds: 0.75,
                peakBytes: 3 << 20)
            if trial == 1 { record.quality?.stepRelativeL2 = [0, 0.01, 0.1] }
            if trial == 2 {
                record.cost?.stepPasses = [
                    StepPasses(conditional: .computed, unconditional: .computed),
                    StepPasses(conditional: .cached, unconditional: .reused),
                ]
            }
            try directory.append(record)
        }
        try directory.write(
            """
            {"trial": 1, "clips": 9, "shares": {}, "costs": {"tokens": 80}}
            {"trial": 1, "clips": 50, "shares": {"subject and motion": 0.82, "subject": 0.9, "motion": 0.88}}

            """, to: "judged.jsonl")
        return directory
    }

    @Test func planStepsAndJudgementStandInTheResults() throws {
        let sweep = try SmallSweep()
        let directory = try directory(of: sweep)
        try directory.writeResults()
        func text(_ name: String) throws -> String {
            try String(contentsOf: directory.url.appendingPathComponent(name), encoding: .utf8)
        }
        let html = try text("report.html")
        #expect(html.contains("82.0 % <small>subject 90, motion 88, of 50</small>"))
        // 0.75 s at the machine's rates, 3 s measured.
        #expect(html.contains("25 %") && html.contains("planned 3.00"))
        #expect(html.contains("≤ 2.00") && html.contains("2 <small>1 cut short</small>"))
        // One trial has a path; where it is the baseline's it has no place on a logarithmic axis.
        #expect(html.matches(of: /class="curve/).count == 1)
        let points = try #require(
            html.firstMatch(of: /class="curve[^>]*><polyline points="([^"]*)"/)?.output.1)
        #expect(points.split(separator: " ").count == 2)

        let rows = try text("results.md").split(separator: "\n")
        #expect(rows.count == 5 && rows[0].hasPrefix("| # | trial |") && rows[3].contains("82.0 %"))
        #expect(Set(rows.map { $0.split(separator: "|", omittingEmptySubsequences: false).count }).count == 1)
        #expect(try text("results.csv").contains(",0.8200,0.9000,0.8800,,,50,clips/trial-1"))
        for name in ["time", "work", "memory", "steps"] {
            let picture = try text("pictures/\(name).svg")
            #expect(
                picture.hasPrefix("<svg xmlns") && picture.contains("--accent")
                    && picture.hasSuffix("</svg>\n"))
        }
    }

    @Test func memoryThatIsNotEnoughIsNamed() {
        let error = SweepError.tooLarge(peakBytes: 5 << 30, availableBytes: 1536 << 20)
        #expect(
            error.description
                == "It would need 5120 MiB, and this machine has 1536 MiB to give. Free memory, make the clip smaller, or "
                + "let the trial hold less with max-memory=1536MiB.")
    }

    @Test func aSweepThatWasNotJudgedHasNoColumnForIt() throws {
        let sweep = try SmallSweep()
        let directory = try sweep.open()
        try directory.append(sweep.record(0))
        try directory.writeResults()
        let rows = try String(contentsOf: directory.url.appendingPathComponent("results.md"), encoding: .utf8)
        #expect(!rows.contains("judged"))
    }

    @Test func aDamagedJudgementIsNamed() throws {
        let directory = try SmallSweep().open()
        try directory.write("{\"trial\": 1, \"clips\": 9, \"shares\": {}}\n{}\n", to: "judged.jsonl")
        let error = #expect(throws: SweepError.self) { try directory.judged() }
        #expect(
            error?.description.hasSuffix(
                "judged.jsonl' cannot be read: line 2 is nothing that Scripts/judge-trials writes; remove it."
            ) == true)
    }
}
