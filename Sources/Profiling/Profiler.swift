package import Foundation
package import Zoetrope

/// Makes a clip and writes beside it what that took.
package struct Profiler: Sendable {
    private let directory: ProfileDirectory
    private let ceiling: [String: Double]

    /// - Parameters:
    ///   - path: the directory that the profile is written to when the run has ended
    ///   - ceiling: operations a second of each kind of kernel that the machine was measured to reach
    /// - Throws: ``ProfileError`` when nothing can be written there
    package init(path: String, ceiling: [String: Double] = [:]) throws {
        directory = try ProfileDirectory(path)
        self.ceiling = ceiling
    }

    /// Where to look first.
    package var pagePath: String { directory.path + "/profile.html" }

    /// Whether there is a profile of this run, complete or not.
    package var hasWritten: Bool { directory.isPublished }

    /// As ``VideoGenerator/generate(_:to:options:onEvent:)``. A run that fails or is cancelled leaves the profile of what
    /// was done until then.
    package func generate(
        _ settings: GenerationSettings, with generator: VideoGenerator, to output: String,
        options: RunOptions,
        onEvent: @escaping @Sendable (GenerationEvent) -> Void = { _ in }
    ) async throws -> (report: GenerationReport, profile: Profile) {
        let plan = try generator.plan(settings, options: options)
        return try await profile(ProfileSubject(plan), plan, options) {
            try await generator.generate(settings, to: output, options: $0, onEvent: onEvent)
        }
    }

    /// As ``VideoGenerator/decode(latents:to:framesPerSecond:options:onEvent:)``, with a profile in the same way.
    package func decode(
        latents: String, with generator: VideoGenerator, to output: String, framesPerSecond: Int? = nil,
        options: RunOptions, onEvent: @escaping @Sendable (GenerationEvent) -> Void = { _ in }
    ) async throws -> (report: DecodingReport, profile: Profile) {
        let plan = try generator.plan(decoding: latents, options: options)
        return try await profile(ProfileSubject(plan), plan, options) {
            try await generator.decode(
                latents: latents, to: output, framesPerSecond: framesPerSecond, options: $0,
                onEvent: onEvent)
        }
    }

    /// - Parameter run: with options that record it
    private func profile<Report>(
        _ subject: ProfileSubject, _ plan: some CostPlan, _ options: RunOptions,
        _ run: (RunOptions) async throws -> Report
    ) async throws -> (report: Report, profile: Profile) {
        let recorder = RunRecorder()
        let sampler = ResidentSampler(since: recorder.start)
        var options = options
        options.recorder = recorder
        // The process has grown since the plan: another one would find less room.
        options.savings = plan.savings
        let result: Result<Report, any Error>
        do {
            result = .success(try await run(options))
        } catch {
            result = .failure(error)
        }
        let samples = sampler.stop()
        let recording = recorder.recording
        let resident = recording.withoutRecorder(samples)
        let profile = Profile(
            of: subject, recording, resident: resident, plan: plan,
            machine: MachineFacts(threads: options.threads, ceiling: ceiling), ending: RunEnding(result))
        do {
            try write(profile, Trace(recording, resident: resident))
        } catch {
            // Of two errors that of the run is the one to know.
            _ = try result.get()
            throw error
        }
        return (try result.get(), profile)
    }

    private func write(_ profile: Profile, _ trace: Trace) throws {
        try directory.publish([
            ("profile.json", try profile.json()), ("trace.json", trace.data(profile)),
            ("profile.html", Data(try ProfilePage(profile).html().utf8)),
        ])
    }
}

extension Profile {
    /// JSON with sorted keys.
    package func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self) + Data("\n".utf8)
    }
}
