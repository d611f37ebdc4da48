import Checkpoints
import Foundation
import Synchronization
import TestSupport
import Testing
import Zoetrope

/// Runs that are interrupted after each step and while decoding: the bytes are those of a run that nothing stopped.
@Suite(.serialized) struct ResumingTests {
    /// One run that is interrupted after every step.
    private func checkInOneGo(_ run: Interrupted) async throws {
        let whole = try await run.whole()
        let steps = run.settings.steps
        try await run.stop(at: "step 1/\(steps)")
        for step in 2..<steps { try await run.stopAgain(at: "step \(step)/\(steps)") }
        let report = try await run.resume()
        #expect(report.resumedAfterStep == steps - 1)
        #expect(try run.bytes("clip.mp4") == whole)
        #expect(try run.names == ["clip.mp4"])
    }

    private func check(_ run: Interrupted) async throws {
        let whole = try await run.whole()
        let steps = run.settings.steps
        for step in 1...steps {
            try await run.stop(at: "step \(step)/\(steps)")
            #expect(try run.names == ["run"])
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: run.path("run")) == ["run.safetensors"])
            #expect(try UnfinishedRun(in: run.path("run")).step == step)
            let report = try await run.resume()
            #expect(report.resumedAfterStep == step)
            #expect(report.stepSeconds.count == steps - step)
            #expect(try run.bytes("clip.mp4") == whole)
            #expect(try run.names == ["clip.mp4"])
            try FileManager.default.removeItem(at: run.directory["clip.mp4"])
        }
    }

    @Test(arguments: zip([Zoetrope.Sampler.euler, .unipc], [1.0, 3]))
    func afterEachStep(sampler: Zoetrope.Sampler, guidance: Double) async throws {
        try await check(try Interrupted { ($0.sampler, $0.guidance) = (sampler, guidance) })
    }

    @Test func inNarrowFormats() async throws {
        for precision in [Precision.fp16, .int8] {
            try await checkInOneGo(try Interrupted(steps: 3) { $0.precision = precision })
        }
    }

    @Test func alongAScheduleOfPatchSizes() async throws {
        let directory = TemporaryDirectory()
        let model = try ModelCopy(in: directory)
        try model.writePatchSizes(["1x4x4", "2x2x2"])
        var request = GenerationRequest(prompt: "a red balloon rises over the sea")
        (request.seed, request.frames, request.steps) = (7, 5, 4)
        request.patch = try PatchSchedule("2x2x2:1,1x4x4:2,1x2x2")
        try await checkInOneGo(try Interrupted(try VideoGenerator(model: model.url.path), request))
    }

    @Test(arguments: SmallImageModel.names)
    func withPicturesAndTracks(name: String) async throws {
        let model = try SmallImageModel(name)
        var request = model.request
        request.image = model.first
        if name != "image-encoder" { request.lastImage = model.last }
        request.trajectory = try Trajectory(path: model.trajectory)
        try await checkInOneGo(try Interrupted(try VideoGenerator(model: model.path), request))
    }

    @Test func severalTimes() async throws {
        let run = try Interrupted(steps: 6)
        let whole = try await run.whole()
        try await run.stop(at: "step 1/6")
        for event in ["encode", "sample", "step 3/6", "step 4/6", "load", "step 6/6", "decode", "frame 2/5"] {
            try await run.stopAgain(at: event)
        }
        try await run.resume()
        #expect(try run.bytes("clip.mp4") == whole)
        #expect(try run.names == ["clip.mp4"])
    }

    @Test func whatIsSampledIsNotSampledAgain() async throws {
        let run = try Interrupted()
        let whole = try await run.whole()
        try await run.stop(at: "frame 3/5")
        #expect(try UnfinishedRun(in: run.path("run")).isSampled)
        let log = EventLog()
        try await run.resume(log)
        #expect(
            log.names == ["started", "note: resumed after sampling", "load", "decode"]
                + (1...5).map { "frame \($0)/5" })
        #expect(try run.bytes("clip.mp4") == whole)
    }

    @Test func stepsHaveTheirNumbers() async throws {
        let run = try Interrupted()
        try await run.stop(at: "step 2/4")
        let log = EventLog()
        try await run.resume(log)
        #expect(
            log.names.prefix(8) == [
                "started", "note: resumed after step 2 of 4", "load", "encode", "load", "sample", "step 3/4",
                "step 4/4",
            ])
    }

    /// A checkpoint each two steps; one that is cancelled is kept where it stands all the same.
    @Test func notAfterEveryStep() async throws {
        let run = try Interrupted(steps: 5)
        let whole = try await run.whole()
        let kept = Mutex<[Int]>([])
        _ = try await run.generator.generate(
            run.settings, to: run.path("clip.mp4"), options: run.options(every: 2)
        ) {
            if case .step = $0 {
                let step = (try? UnfinishedRun(in: run.path("run")))?.step ?? -1
                kept.withLock { $0.append(step) }
            }
        }
        #expect(kept.withLock { $0 } == [0, 2, 2, 4, 5])
        try await run.stop(at: "step 3/5", every: 2)
        #expect(try UnfinishedRun(in: run.path("run")).step == 3)
        try await run.resume()
        #expect(try run.bytes("clip.mp4") == whole)
    }

    @Test func latentsThatWereAskedForAreKept() async throws {
        let run = try Interrupted()
        let options = RunOptions(latents: run.path("whole.safetensors"))
        _ = try await run.generator.generate(run.settings, to: run.path("whole.mp4"), options: options)
        for event in ["step 2/4", "decode"] {
            try await run.stop(at: event, latents: "clip.safetensors")
            let report = try await run.resume()
            #expect(report.latents == run.path("clip.safetensors"))
            #expect(try run.bytes("clip.safetensors") == run.bytes("whole.safetensors"))
            #expect(try run.bytes("clip.mp4") == run.bytes("whole.mp4"))
        }
    }

    @Test func framesAndAnotherPlace() async throws {
        let run = try Interrupted()
        _ = try await run.generator.generate(run.settings, to: run.path("whole/"))
        try await run.stop(at: "step 2/4", to: "frames/")
        let unfinished = try UnfinishedRun(in: run.path("run"))
        #expect(unfinished.output == run.path("frames/"))
        let report = try await run.generator.resume(unfinished, to: run.path("moved/"), threads: 1)
        #expect(report.output == run.path("moved/") && report.threads == 1)
        #expect(try run.names == ["moved", "whole"])
        for name in try FileManager.default.contentsOfDirectory(atPath: run.path("whole")) {
            #expect(try run.bytes("moved/\(name)") == run.bytes("whole/\(name)"))
        }
    }

    /// The clip's recipe names the model as it was when the run began.
    @Test func fromAModelThatMoved() async throws {
        let directory = TemporaryDirectory()
        let model = try ModelCopy(in: directory)
        let run = try Interrupted(
            try VideoGenerator(model: model.url.path),
            GenerationRequest(prompt: "a red balloon").with { $0.steps = 2 })
        let whole = try await run.whole()
        try await run.stop(at: "step 1/2")
        try FileManager.default.moveItem(at: model.url, to: directory["other"])
        let unfinished = try UnfinishedRun(in: run.path("run"))
        #expect(unfinished.model == model.url.path)
        _ = try await VideoGenerator(model: directory["other"].path).resume(unfinished)
        #expect(try run.bytes("clip.mp4") == whole)
    }

    @Test func beforeTheFirstStepNothingIsKept() async throws {
        let run = try Interrupted()
        for event in ["started", "encode", "sample"] {
            try await run.stop(at: event)
            #expect(try run.names.isEmpty)
        }
    }

    @Test func aDirectoryThatWasThereStays() async throws {
        let run = try Interrupted(steps: 1)
        try FileManager.default.createDirectory(at: run.directory["run"], withIntermediateDirectories: true)
        _ = try await run.generator.generate(run.settings, to: run.path("clip.mp4"), options: run.options())
        #expect(try run.names == ["clip.mp4", "run"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: run.path("run")).isEmpty)
    }

    @Test func whatOthersPutThereStays() async throws {
        let run = try Interrupted()
        try await run.stop(at: "step 2/4")
        try Data("mine".utf8).write(to: run.directory["run/notes.txt"])
        try await run.resume()
        #expect(try FileManager.default.contentsOfDirectory(atPath: run.path("run")) == ["notes.txt"])
    }
}

extension GenerationRequest {
    fileprivate func with(_ change: (inout GenerationRequest) -> Void) -> GenerationRequest {
        var request = self
        change(&request)
        return request
    }
}
