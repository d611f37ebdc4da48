import Foundation
import Profiling
import TestSupport
import Testing
import Zoetrope

/// Figures of a recording that is small enough to reckon by hand.
@Suite struct ProfileFiguresTests {
    private func profile(ceiling: [String: Double]) throws -> Profile {
        let recording = try MadeRecording(
            labels: [.init(stage: "sample"), .init(stage: "sample", owner: "blocks.0")],
            changes: [
                .init(nanoseconds: 100, label: 0, bytes: 50), .init(nanoseconds: 900, label: 0, bytes: 0),
            ],
            spans: [
                .init(category: .kernel, name: "product", begin: 200, end: 300, label: 1, operations: 1000),
                .init(category: .kernel, name: "product", begin: 300, end: 600, label: 1, operations: 3000),
                .init(category: .kernel, name: "rows", begin: 700, end: 800, label: 0, operations: 10),
                .init(category: .stage, name: "sample", begin: 100, end: 1100, label: 0),
            ]
        ).recording()
        let generator = try VideoGenerator(model: "sprites")
        var request = GenerationRequest(prompt: "x")
        (request.seed, request.frames, request.steps) = (1, 5, 1)
        let plan = try generator.plan(try generator.resolve(request))
        return Profile(
            of: ProfileSubject(plan), recording,
            resident: [(0, 70), (500, 200), (1000, 90)].map {
                ResidentSample(nanoseconds: $0.0, bytes: $0.1)
            },
            plan: plan, machine: MachineFacts(threads: 2, ceiling: ceiling),
            ending: RunEnding(Result<GenerationReport, any Error>.failure(CancellationError())))
    }

    @Test func timesRatesAndSharesAreThoseOfTheSpans() throws {
        let profile = try profile(ceiling: ["product": 2e10, "rows": 1e9])
        let stage = try #require(profile.stages.first)
        #expect(profile.stages.count == 1 && stage.stage == .sample)
        #expect(abs(stage.seconds - 1000e-9) < 1e-15 && abs(stage.kernelSeconds - 500e-9) < 1e-15)
        #expect(stage.operations == ["product": 4000, "rows": 10])
        // 4000 / 2e10 and 10 / 1e9 seconds.
        #expect(abs((stage.secondsAtCeiling ?? .nan) - 210e-9) < 1e-15)
        let product = try #require(profile.work.first)
        #expect(product.owner == "blocks.0" && product.kind == "product" && product.calls == 2)
        #expect(
            abs(product.operationsPerSecond - 1e10) < 1 && abs((product.shareOfCeiling ?? .nan) - 0.5) < 1e-9)
        #expect(
            ProfileTable(profile).text.split(separator: "\n").dropFirst(2) == [
                "kernel     time  of all  GFLOP/s  of ceiling",
                "product  0.4 µs    40 %     10.0        50 %",
                "rows     0.1 µs    10 %    0.100        10 %",
                "resident at most 200 B, planned \(words(profile.memory.plannedPeakBytes)); program and libraries 150 B of it",
            ])
    }

    private func words(_ bytes: Int) -> String {
        // The process that tests share may hold more than a GiB.
        let (value, unit) =
            bytes < 1 << 30 ? (Double(bytes) / 1_048_576, "MiB") : (Double(bytes) / 1_073_741_824, "GiB")
        return String(format: value < 100 ? "%.1f" : "%.0f", value) + " " + unit
    }

    @Test func aKindWithoutACeilingHasNoShare() throws {
        let profile = try profile(ceiling: ["product": 2e10, "rows": 0])
        #expect(profile.stages.first?.secondsAtCeiling == nil)
        #expect(profile.work.map { $0.shareOfCeiling != nil } == [true, false])
        #expect(try JSONDecoder().decode(Profile.self, from: profile.json()) == profile)
    }

    @Test func whatIsResidentBesideTensorsIsTheDifferenceAtThePeak() throws {
        let memory = try profile(ceiling: [:]).memory
        #expect(memory.residentPeakBytes == 200 && memory.untrackedAtPeakBytes == 150)
        #expect(memory.trackedPeakBytes == 50 && memory.programBytes == 70)
    }
}
