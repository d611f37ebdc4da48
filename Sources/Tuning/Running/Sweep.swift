internal import Checkpoints
package import Foundation
internal import Tensors
internal import VideoWriting
package import Zoetrope

/// What happens during a sweep.
package enum SweepEvent: Sendable {
    /// `done` of `runs` runs are there from an earlier start.
    case started(runs: Int, done: Int)
    case running(Trial, SweepCase)
    /// A run is done; `left` is how many seconds the rest may take.
    case finished(RunRecord, done: Int, runs: Int, left: Double)
}

/// Runs trials, measures each against the baseline, and keeps every run as it ends.
package struct Sweep: Sendable {
    private let directory: SweepDirectory
    private let settings: SweepSettings
    private let program: URL
    private let generator: VideoGenerator
    private let onEvent: @Sendable (SweepEvent) -> Void
    private let workers = Workers(threads: max(1, ProcessInfo.processInfo.activeProcessorCount))

    private var definition: SweepDefinition { directory.definition }

    /// - Parameters:
    ///   - program: `zoetrope`, which makes the clips
    ///   - generator: the same model, which decodes their latents
    ///   - onEvent: called between runs
    package init(
        in directory: SweepDirectory, settings: SweepSettings, program: URL, generator: VideoGenerator,
        onEvent: @escaping @Sendable (SweepEvent) -> Void = { _ in }
    ) {
        self.directory = directory
        self.settings = settings
        self.program = program
        self.generator = generator
        self.onEvent = onEvent
    }

    /// Makes the runs of a sweep that are not there yet.
    ///
    /// - Returns and throws: as ``perform(_:)``
    package func perform() async throws -> [RunRecord] {
        try await perform(
            SweepOrder.runs(
                trials: definition.trials, cases: definition.cases, repeats: settings.repeats,
                seed: settings.shuffleSeed))
    }

    /// Makes those of some runs that are not there yet.
    ///
    /// - Returns: all runs, those of earlier starts included
    /// - Throws: ``SweepError``; `CancellationError` when the task is cancelled: finished runs are kept, and the same
    ///   sweep goes on with the others
    package func perform(_ planned: [PlannedRun]) async throws -> [RunRecord] {
        var records = try directory.records()
        var progress = SweepProgress(planned, records: records)
        onEvent(.started(runs: planned.count, done: progress.done))
        for run in planned where progress.wants(run) {
            if let deadline = settings.deadline, ContinuousClock.now + progress.estimate(run) > deadline {
                break
            }
            let trial = definition.trials[run.trial]
            onEvent(.running(trial, run.sweepCase))
            let start = ContinuousClock.now
            let record = try await record(of: run, trial)
            try directory.append(record)
            records.append(record)
            progress.add(record, took: ContinuousClock.now - start)
            onEvent(
                .finished(record, done: progress.done, runs: planned.count, left: progress.secondsLeft))
        }
        return records
    }

    private func record(of run: PlannedRun, _ trial: Trial) async throws -> RunRecord {
        var record = RunRecord(trial: trial, of: run.sweepCase, repetition: run.repetition)
        record.plan = settings.plans[trial.number]
        if let problem = settings.problems[trial.number] {
            record.error = problem
            return record
        }
        let work = try directory.makeWork()
        defer { try? FileManager.default.removeItem(at: work) }
        let process = TrialProcess(
            program: program, options: definition.options(of: trial), item: run.sweepCase, work: work,
            keepsLatents: run.repetition == 0)
        switch try await process.run() {
        case let .failed(error): record.error = error
        case let .finished(report, seconds):
            record.cost = RunCost(report, processSeconds: seconds)
            if run.repetition == 0 { try await measure(process, &record) }
        }
        return record
    }

    /// Compares a run's clip with the baseline's, and keeps it.
    ///
    /// Frames are decoded from the latents once more, so that no codec's loss counts and no run's time holds the
    /// writing of pictures.
    private func measure(_ process: TrialProcess, _ record: inout RunRecord) async throws {
        let frames = process.work.appendingPathComponent("frames")
        _ = try await generator.decode(latents: process.latents.path, to: frames.path + "/")
        let clip = try MeasuredClip(frames: frames, latents: process.latents)
        let item = record.sweepCase
        let baseline = directory.baseline(of: item)
        if record.trial == 0 {
            try Self.move(frames, to: baseline.appendingPathComponent("frames"))
            try Self.move(process.latents, to: baseline.appendingPathComponent("latents.safetensors"))
            try Self.move(process.steps, to: baseline.appendingPathComponent("steps.safetensors"))
            record.quality = clip.quality(against: clip, on: workers)
        } else if FileManager.default.fileExists(atPath: baseline.path) {
            let expected = try MeasuredClip(
                frames: baseline.appendingPathComponent("frames"),
                latents: baseline.appendingPathComponent("latents.safetensors"))
            record.quality = clip.quality(against: expected, on: workers)
            record.quality?.stepRelativeL2 = try StepDifferences.between(
                process.steps, baseline.appendingPathComponent("steps.safetensors"))
            if settings.keepsFrames { try Self.move(frames, to: directory.frames(of: record.trial, item)) }
        }
        // JSON has no infinity, and such a clip is no result.
        if record.quality?.isFinite == false {
            record.quality = nil
            record.error = "the latents are not finite"
        }
        let name = directory.clip(of: record.trial, item)
        try Self.move(process.clip, to: directory.url.appendingPathComponent(name))
        record.clip = name
    }

    /// Takes the place of what is there.
    private static func move(_ source: URL, to target: URL) throws {
        let files = FileManager.default
        try files.createDirectory(at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
        if files.fileExists(atPath: target.path) { try files.removeItem(at: target) }
        try files.moveItem(at: source, to: target)
    }
}

extension MeasuredClip {
    /// - Parameters:
    ///   - frames: a directory of PNG frames
    ///   - latents: what `--save-latents` kept
    init(frames: URL, latents: URL) throws {
        guard let latent = try SafetensorsFile(latents).tensors["latents"] else {
            throw SweepError.unreadable(path: latents.path, reason: "it has no latents")
        }
        self.init(frames: try readFrames(from: frames.path), latent: latent.widened())
    }
}

/// How a sweep is carried out; nothing here changes a clip.
package struct SweepSettings: Sendable {
    /// Runs of each trial, prompt and seed, at least 1.
    package var repeats = 3
    package var shuffleSeed: UInt64 = 0
    /// Whether every trial's frames stay as PNG.
    package var keepsFrames = false
    /// Why trials cannot run, by their numbers; they are noted without being tried.
    package var problems: [Int: String] = [:]
    /// What is known of trials beforehand, by their numbers.
    package var plans: [Int: TrialPlan] = [:]
    /// No run begins that would probably end later.
    package var deadline: ContinuousClock.Instant?

    package init() {}
}

extension RunCost {
    fileprivate init(_ report: GenerationReport, processSeconds: Double) {
        self.init(
            seconds: report.seconds, totalSeconds: report.totalSeconds, processSeconds: processSeconds,
            stepSeconds: report.stepSeconds, peakResidentBytes: report.peakResidentBytes,
            stepTokens: report.stepTokens, stepPasses: report.stepPasses, threads: report.threads,
            kernels: report.kernels)
    }
}
