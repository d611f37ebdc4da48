import Foundation
import TestSupport
import Testing
import Tuning
import Zoetrope

/// Sweeps whose program is a script: what goes wrong with a run stays in its row.
struct SweepTests {
    private func perform(_ script: String, settings: SweepSettings = SweepSettings()) async throws
        -> [RunRecord]
    {
        let sweep = try SmallSweep(seeds: [1])
        return try await perform(script, in: sweep, settings)
    }

    private func perform(
        _ script: String, in sweep: SmallSweep, _ settings: SweepSettings
    ) async throws -> [RunRecord] {
        let program = sweep.temporary["program"]
        try Self.write(script, to: program)
        let running = Sweep(
            in: try sweep.open(), settings: settings, program: program,
            generator: try VideoGenerator(model: "sprites"))
        return try await running.perform()
    }

    /// Through a process of its own: a program that this one writes could not be run while another test's child has
    /// inherited the file that is open for writing.
    private static func write(_ script: String, to program: URL) throws {
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        shell.arguments = [
            "-c", #"printf '%s\n' '#!/bin/sh' "$1" > "$2" && chmod 755 "$2""#, "sh", script, program.path,
        ]
        try shell.run()
        shell.waitUntilExit()
        #expect(shell.terminationStatus == 0)
    }

    @Test(arguments: [
        (
            "kill -9 $$", "killed by signal 9 (Killed); most likely the system ran out of memory"
        ),
        ("kill -11 $$", "killed by signal 11 (Segmentation fault)"),
        ("echo 'warning: slow' >&2; echo 'Error: --steps 6: no.' >&2; exit 64", "--steps 6: no."),
        ("echo lost >&2; exit 3", "lost"),
        ("exit 3", "it ended with status 3"),
    ])
    func aRunThatFailsKeepsItsRowAndIsNotRepeated(script: String, error: String) async throws {
        let records = try await perform(script)
        #expect(records.map(\.error) == [error, error, error])
        #expect(Set(records.map(\.trial)) == [0, 1, 2] && records.allSatisfy { $0.repetition == 0 })
        #expect(records.allSatisfy { $0.cost == nil && $0.quality == nil })
    }

    @Test func aReportThatCannotBeReadIsAFailure() async throws {
        let records = try await perform("echo '{}'")
        #expect(records.count == 3)
        #expect(
            records.allSatisfy {
                $0.error?.hasPrefix("the run ended well, but its report cannot be read") == true
            })
    }

    @Test func aTrialThatIsKnownToFailIsNotTried() async throws {
        let sweep = try SmallSweep(seeds: [1])
        var settings = SweepSettings()
        settings.problems = [1: "--steps 6: no."]
        let log = sweep.temporary["log"].path
        let records = try await perform("echo \"$@\" >> \(log); exit 1", in: sweep, settings)
        #expect(records.first { $0.trial == 1 }?.error == "--steps 6: no.")
        let calls = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
        #expect(calls.count == 2)
        #expect(
            calls[0].hasPrefix("generate --seed 1 --output /") && calls[0].contains("--json --quiet -- a red")
        )
        #expect(calls[0].contains("--save-latents /") && calls[1].hasPrefix("generate --steps 12 --seed 1"))
    }

    @Test func aSweepThatIsDoneRunsNothing() async throws {
        let sweep = try SmallSweep(seeds: [1])
        _ = try await perform("exit 1", in: sweep, SweepSettings())
        let records = try await perform("exit 2", in: sweep, SweepSettings())
        #expect(records.map(\.error) == Array(repeating: "it ended with status 1", count: 3))
    }

    @Test func somebodyElsesInterruptionEndsTheSweepAndIsNoResult() async throws {
        let sweep = try SmallSweep(seeds: [1])
        await #expect(throws: CancellationError.self) {
            _ = try await perform("exit 130", in: sweep, SweepSettings())
        }
        #expect(try SweepDirectory.records(of: sweep.path).isEmpty)
    }

    @Test func cancellationEndsTheRunAndLeavesNothingOfIt() async throws {
        let sweep = try SmallSweep(seeds: [1])
        let task = Task { try await perform("exec sleep 60", in: sweep, SweepSettings()) }
        try await Task.sleep(for: .milliseconds(300))
        task.cancel()
        let start = ContinuousClock.now
        await #expect(throws: CancellationError.self) { _ = try await task.value }
        #expect(ContinuousClock.now - start < .seconds(5))
        let left = try FileManager.default.contentsOfDirectory(atPath: sweep.path).sorted()
        #expect(left == ["baseline", "clips", "sweep.json"])
    }
}
