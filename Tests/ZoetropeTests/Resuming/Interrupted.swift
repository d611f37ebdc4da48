import Foundation
import Synchronization
import TestSupport
import Testing
import Zoetrope

/// Runs of one clip that are interrupted and go on.
struct Interrupted: Sendable {
    let directory = TemporaryDirectory()
    let generator: VideoGenerator
    let settings: GenerationSettings

    /// The embedded model, small and quick.
    init(steps: Int = 4, _ change: (inout GenerationRequest) throws -> Void = { _ in }) throws {
        var request = GenerationRequest(prompt: "a red balloon rises over the sea")
        (request.seed, request.width, request.height) = (7, 32, 32)
        (request.frames, request.steps) = (5, steps)
        try change(&request)
        try self.init(try VideoGenerator(model: "sprites"), request)
    }

    init(_ generator: VideoGenerator, _ request: GenerationRequest) throws {
        self.generator = generator
        settings = try generator.resolve(request)
    }

    func path(_ name: String) -> String { directory.url.path + "/" + name }

    func bytes(_ name: String) throws -> Data { try Data(contentsOf: directory[name]) }

    var names: [String] { get throws { try directory.contents } }

    func options(every: Int = 1, latents: String? = nil) -> RunOptions {
        RunOptions(
            latents: latents.map(path), checkpoint: CheckpointOptions(directory: path("run"), every: every))
    }

    /// The clip's bytes without any interruption.
    func whole(_ name: String = "whole.mp4") async throws -> Data {
        _ = try await generator.generate(settings, to: path(name))
        let bytes = try bytes(name)
        try FileManager.default.removeItem(at: directory[name])
        return bytes
    }

    /// Begins the clip `clip.mp4` and cancels the run in the named event.
    func stop(at event: String, every: Int = 1, latents: String? = nil, to name: String = "clip.mp4")
        async throws
    {
        await #expect(throws: CancellationError.self) {
            try await cancelling(at: event) { onEvent in
                _ = try await generator.generate(
                    settings, to: path(name), options: options(every: every, latents: latents),
                    onEvent: onEvent)
            }
        }
    }

    /// Goes on and cancels again.
    func stopAgain(at event: String) async throws {
        let run = try UnfinishedRun(in: path("run"))
        await #expect(throws: CancellationError.self) {
            try await cancelling(at: event) { _ = try await generator.resume(run, onEvent: $0) }
        }
    }

    @discardableResult
    func resume(_ log: EventLog = EventLog()) async throws -> GenerationReport {
        try await generator.resume(try UnfinishedRun(in: path("run"))) { log.add($0) }
    }

    private func cancelling(
        at name: String,
        _ run: @escaping @Sendable (@escaping @Sendable (GenerationEvent) -> Void) async throws -> Void
    ) async throws {
        let task = TaskHolder()
        task.start { try await run { if EventLog.name(of: $0) == name { task.cancel() } } }
        try await task.finished()
    }
}

/// A task that can be cancelled from within.
private final class TaskHolder: Sendable {
    private let task = Mutex<Task<Void, any Error>?>(nil)

    func start(_ work: @escaping @Sendable () async throws -> Void) {
        task.withLock { $0 = Task { try await work() } }
    }

    func cancel() { task.withLock { $0?.cancel() } }

    func finished() async throws { try await task.withLock { $0 }?.value }
}
