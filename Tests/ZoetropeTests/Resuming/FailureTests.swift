import Checkpoints
import Foundation
import TestSupport
import Testing
import Zoetrope

/// Decoding, writing or keeping fails: what was sampled is not lost, and the message says how to go on.
@Suite(.serialized) struct FailureTests {
    /// Makes the clip; in the named event something happens to the disk.
    private func failure(
        of run: Interrupted, _ options: RunOptions, at event: String, to name: String = "clip.mp4",
        _ happening: @escaping @Sendable () -> Void
    ) async throws -> FailedRun {
        do {
            _ = try await run.generator.generate(run.settings, to: run.path(name), options: options) {
                if EventLog.name(of: $0) == event { happening() }
            }
        } catch let error as FailedRun {
            return error
        }
        throw Unexpected()
    }
    private struct Unexpected: Error {}

    /// A directory takes the clip's name while it is decoded.
    private func block(_ run: Interrupted) -> @Sendable () -> Void {
        let path = run.path("clip.mp4")
        return { mkdir(path, 0o777) }
    }

    private let cannotReplace =
        "failed: Is a directory. Nothing was left under that name by this run. "
        + "Check the free space and the permissions there, or choose another directory.\n"

    @Test func aCheckpointedRunGoesOnElsewhere() async throws {
        let run = try Interrupted()
        let whole = try await run.whole()
        let error = try await failure(of: run, run.options(), at: "decode", block(run))
        #expect(
            "\(error)" == "Writing '\(run.path("clip.mp4"))' \(cannotReplace)"
                + "All of its sampling is kept. Go on with: zoetrope resume \(run.path("run"))")
        #expect(error.kept == .checkpoint(directory: run.path("run"), step: 4, steps: 4))
        #expect(try run.names == ["clip.mp4", "run"])
        let unfinished = try UnfinishedRun(in: run.path("run"))
        _ = try await run.generator.resume(unfinished, to: run.path("other.mp4"))
        #expect(try run.bytes("other.mp4") == whole)
        #expect(try run.names == ["clip.mp4", "other.mp4"])
    }

    @Test func withoutACheckpointLatentsAreKept() async throws {
        let run = try Interrupted()
        let whole = try await run.whole()
        for name in ["clip.latents.safetensors", "clip.latents-2.safetensors"] {
            let error = try await failure(of: run, RunOptions(), at: "decode", block(run))
            #expect(
                "\(error)" == "Writing '\(run.path("clip.mp4"))' \(cannotReplace)"
                    + "What was sampled is kept in '\(run.path(name))'. Go on with: zoetrope decode "
                    + "\(run.path(name)) -o \(run.path("clip.mp4")) --model sprites")
            #expect(rmdir(run.path("clip.mp4")) == 0)
            _ = try await run.generator.decode(latents: run.path(name), to: run.path("decoded.mp4"))
            #expect(try run.bytes("decoded.mp4") == whole)
        }
        #expect(
            try run.names == ["clip.latents-2.safetensors", "clip.latents.safetensors", "decoded.mp4"])
    }

    @Test func latentsThatWereAskedForAreNotKeptTwice() async throws {
        let run = try Interrupted()
        let options = RunOptions(latents: run.path("mine"))
        let error = try await failure(of: run, options, at: "decode", block(run))
        #expect(
            error.kept == .latents(path: run.path("mine"), output: run.path("clip.mp4"), model: "sprites"))
        #expect(try run.names == ["clip.mp4", "mine"])
    }

    @Test func theCommandNamesTheModelAndIsQuoted() {
        let kept = FailedRun.Kept.latents(path: "a b/c.safetensors", output: "it's.mp4", model: "/m n")
        let cause = RunDirectoryError.isOutput(path: "x")
        #expect(
            "\(FailedRun(cause: cause, kept: kept))".hasSuffix(
                "Go on with: zoetrope decode 'a b/c.safetensors' -o 'it'\\''s.mp4' --model '/m n'"))
    }

    @Test func longPromptsAreCut() {
        let prompt = String(repeating: "abcdefghi ", count: 20)
        let error = RunDirectoryError.unfinished(path: "my run", step: 1, steps: 2, prompt: prompt, seed: 3)
        #expect(
            "\(error)"
                == "--checkpoint my run: it holds a run that stopped after step 1 of 2 "
                + "(\"\(String(repeating: "abcdefghi ", count: 6))...\", seed 3). Go on with it: "
                + "zoetrope resume 'my run', or name another directory.")
    }

    @Test func whatCannotBeKeptIsSaid() async throws {
        let run = try Interrupted(steps: 1)
        mkdir(run.path("place"), 0o777)
        let place = run.path("place")
        let error = try await failure(of: run, RunOptions(), at: "decode", to: "place/clip.mp4") {
            try? FileManager.default.removeItem(atPath: place)
        }
        let latents = "\(place)/clip.latents.safetensors"
        guard case let .nothing(path, reason) = error.kept else { throw error }
        #expect(path == latents && reason.contains("No such file or directory"))
        #expect(
            "\(error)".hasSuffix(
                "\nWhat was sampled could not be kept in '\(latents)' either (\(reason)). "
                    + "With --checkpoint a run is kept while it samples."))
    }

    /// A limit on the size of files stands in for a full disk; it holds for the whole process, hence one of its own.
    @Test(arguments: ["started", "step 2/4", "decode"])
    func aFullDisk(event: String) async {
        await #expect(processExitsWith: .success) { [event] in
            signal(SIGXFSZ, SIG_IGN)
            let run = try Interrupted()
            let whole = try await run.whole()
            let error = try await FailureTests().failure(of: run, run.options(), at: event) {
                limitFiles(to: 1024)
            }
            limitFiles(to: nil)
            let step = ["started": 0, "step 2/4": 2, "decode": 4][event] ?? -1
            #expect(error.kept == .checkpoint(directory: run.path("run"), step: step, steps: 4))
            #expect("\(error)".contains("File too large"))
            let said = [0: "The start of the run is kept.", 2: "The run is kept after step 2 of 4."]
            #expect(
                "\(error)".hasSuffix(
                    "\n\(said[step] ?? "All of its sampling is kept.") "
                        + "Go on with: zoetrope resume \(run.path("run"))"))
            #expect(try run.names == ["run"])
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: run.path("run")) == ["run.safetensors"])
            let report = try await run.resume()
            #expect(report.resumedAfterStep == step)
            #expect(try run.bytes("clip.mp4") == whole)
        }
    }

    @Test func aDiskThatIsFullFromTheStart() async {
        await #expect(processExitsWith: .success) {
            signal(SIGXFSZ, SIG_IGN)
            let run = try Interrupted()
            limitFiles(to: 1024)
            let log = EventLog()
            do {
                _ = try await run.generator.generate(
                    run.settings, to: run.path("clip.mp4"), options: run.options()
                ) { log.add($0) }
                Issue.record("it was written")
            } catch {
                #expect("\(error)".contains("run.safetensors: cannot be written (File too large)"))
            }
            #expect(log.names.isEmpty)
            #expect(try run.names.isEmpty)
        }
    }
}

/// - Parameter bytes: nil takes the limit away
private func limitFiles(to bytes: UInt?) {
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
    limit.rlim_cur = bytes ?? limit.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
}
