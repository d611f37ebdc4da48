internal import Checkpoints
import Dispatch
internal import EmbeddedModel
import Foundation
internal import Layers
internal import Tensors
internal import VideoWriting

/// A model that is ready to make clips. Opening it reads configuration files and names of patch sizes only;
/// weights are mapped when a run needs them and let go when it no longer does.
public struct VideoGenerator: Sendable {
    let directory: ModelDirectory

    /// - Parameter model: a Wan checkpoint in diffusers layout, or the name of an embedded model, `world` or `sprites`;
    ///   nil is `world`
    /// - Throws: ``ModelError``; an error that names the file when a configuration cannot be read
    public init(model: String? = nil) throws {
        directory = try ModelDirectory(model)
    }

    /// The embedded model that recipes call so; nil where it is none. Earlier versions called `sprites` "embedded".
    public static func embeddedName(_ name: String) -> String? {
        name == "embedded" ? EmbeddedModel.sprites.rawValue : EmbeddedModel(rawValue: name)?.rawValue
    }

    public var defaults: ModelDefaults { directory.defaults }

    /// Makes every choice that the request leaves open, and checks it against the model.
    ///
    /// - Throws: ``SettingsError``, ``OptionError``, ``PictureRequestError``,
    ///   ``TrajectoryError``; an error that names a picture which cannot be read
    public func resolve(_ request: GenerationRequest) throws -> GenerationSettings {
        let defaults = directory.defaults
        let image = try request.image.map { try PictureSource.read($0) }
        let size = size(of: request, showing: image?.frame)
        var settings = GenerationSettings(
            prompt: request.prompt, negativePrompt: request.negativePrompt ?? defaults.negativePrompt,
            seed: request.seed ?? UInt64.random(in: 0..<1 << 32), width: size.width,
            height: size.height, frames: request.frames ?? defaults.frames,
            framesPerSecond: request.framesPerSecond ?? defaults.framesPerSecond,
            steps: request.steps ?? defaults.steps, guidance: request.guidance ?? defaults.guidance,
            shift: request.shift ?? defaults.shift, sampler: request.sampler ?? defaults.sampler)
        settings.image = image?.source
        settings.lastImage = try request.lastImage.map { try PictureSource.read($0).source }
        settings.ownImage = request.ownImage ? true : nil
        settings.trajectory = request.trajectory
        settings.patch = request.patch
        settings.untrainedPatch = request.untrainedPatch ? true : nil
        settings.precision = request.precision ?? .fp32
        settings.guidanceRule = request.guidanceRule == .cfg ? nil : request.guidanceRule
        settings.guidanceReuse = request.guidanceReuse
        settings.guidanceSteps =
            request.guidanceSteps ?? (settings.guidance > 1 ? defaults.guidanceSteps : nil)
        settings.cache = request.cache
        settings.compression = request.compression.flatMap { $0.isEmpty ? nil : $0 }
        settings.autoguidance = request.autoguidance
        settings.skipGuidance = request.skipGuidance ?? (settings.guidance > 1 ? defaults.skipGuidance : nil)
        try check(settings)
        settings.cache = try settings.cache?.resolved(steps: settings.steps)
        settings.guidanceReuse = try settings.guidanceReuse?.resolved(steps: settings.steps)
        settings.guidanceSteps = try settings.guidanceSteps?.resolved(steps: settings.steps)
        if request.autoguidance == nil {
            settings.autoguidance = try directory.defaultAutoguidance(for: settings)
        }
        settings.autoguidance = try directory.autoguidance(of: settings)
        settings.skipGuidance = try directory.skipGuidance(of: settings)
        settings.patch = try directory.patchSchedule(of: settings)
        if try directory.untrainedPatchSizes(of: settings).isEmpty { settings.untrainedPatch = nil }
        return settings
    }

    /// Makes a clip: prompt and seed to a file.
    ///
    /// - Parameters:
    ///   - settings: from ``resolve(_:)`` or a recipe
    ///   - output: `.mp4`, `.webm`, `.gif`, or a directory of PNG frames when it ends in `/`
    ///   - onEvent: called from the thread that computes
    /// - Throws: ``SettingsError`` or ``OptionError`` before weights are loaded; errors that name the file for weights and
    ///   output; `CancellationError` when the task is cancelled, within about a second. Nothing is left under
    ///   `output` then. ``FailedRun`` where work is kept after a failure, and says how to go on.
    public func generate(
        _ settings: GenerationSettings, to output: String, options: RunOptions = RunOptions(),
        onEvent: @escaping @Sendable (GenerationEvent) -> Void = { _ in }
    ) async throws -> GenerationReport {
        try await generate(settings, to: output, options: options, goingOnWith: nil, onEvent: onEvent)
    }

    func generate(
        _ settings: GenerationSettings, to output: String, options: RunOptions,
        goingOnWith resumed: UnfinishedRun?,
        onEvent: @escaping @Sendable (GenerationEvent) -> Void
    ) async throws -> GenerationReport {
        try check(settings)
        try options.checkpoint?.check(output: output)
        let workers = Self.workers(options)
        let isFitted = options.maxMemory != nil || options.savings != nil
        let planned = isFitted ? try plan(settings, options: options) : nil
        let savings = planned?.savings ?? MemorySavings()
        let run = GenerationRun(
            directory: directory, settings: settings, output: output, options: options,
            savings: savings, frameFile: FrameFile(savings, beside: output),
            frameFileBytes: planned?.fileBytes ?? 0, resumed: resumed, workers: workers, onEvent: onEvent)
        return try await Self.onOwnThread(workers) { try run.perform() }
    }

    /// Turns kept latents into a clip.
    ///
    /// - Parameters:
    ///   - latents: a safetensors file with `latents` `[z, f, h, w]`, such as ``RunOptions/latents`` names
    ///   - framesPerSecond: nil takes what the latents' recipe says, or else the model's default
    public func decode(
        latents: String, to output: String, framesPerSecond: Int? = nil, options: RunOptions = RunOptions(),
        onEvent: @escaping @Sendable (GenerationEvent) -> Void = { _ in }
    ) async throws -> DecodingReport {
        let workers = Self.workers(options)
        let run = DecodingRun(
            directory: directory, latents: latents, output: output, framesPerSecond: framesPerSecond,
            options: options, workers: workers, onEvent: onEvent)
        return try await Self.onOwnThread(workers) { try run.fitted().perform() }
    }

    /// - Throws: ``RecipeError/otherModel(path:expected:found:)`` when other weights made the clip
    public func requireSameModel(as recipe: Recipe, from path: String) throws {
        let found = try directory.identity()
        guard found.hash == recipe.model.hash else {
            throw RecipeError.otherModel(path: path, expected: recipe.model, found: found)
        }
    }

    func check(_ settings: GenerationSettings) throws {
        try directory.sizeRule.check(width: settings.width, height: settings.height, frames: settings.frames)
        for (name, value, range) in [
            ("steps", settings.steps, 1...1000), ("fps", settings.framesPerSecond, 1...1000),
        ] where !range.contains(value) {
            throw SettingsError.outOfRange(
                name: name, found: "\(value)", range: "from \(range.lowerBound) to \(range.upperBound)")
        }
        try directory.check(picturesOf: settings)
        _ = try StepPlan.plans(of: settings, patches: try directory.patchSizes(of: settings))
        _ = try directory.autoguidance(of: settings)
        _ = try directory.skipGuidance(of: settings)
        try directory.check(compressionOf: settings)
        guard settings.shift > 0, settings.shift <= 1000 else {
            throw SettingsError.outOfRange(
                name: "shift", found: "\(settings.shift)", range: "above 0, to 1000")
        }
        guard settings.guidance >= 1, settings.guidance <= 1000 else {
            throw SettingsError.outOfRange(
                name: "guidance", found: "\(settings.guidance)", range: "from 1 to 1000")
        }
    }

    static func workers(_ options: RunOptions) -> Workers {
        Workers(threads: max(1, options.threads ?? ProcessInfo.processInfo.activeProcessorCount))
    }

    /// Runs long, blocking work off Swift's cooperative threads; cancelling the task cancels the workers.
    private static func onOwnThread<Result: Sendable>(
        _ workers: Workers, _ work: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                DispatchQueue.global(qos: .userInitiated).async {
                    continuation.resume(with: Swift.Result { try work() })
                }
            }
        } onCancel: {
            workers.cancel()
        }
    }
}

/// Reads the recipe that a clip carries.
///
/// - Throws: an error that says whether the file is no clip, has no recipe, or has one that is not Zoetrope's
public func readRecipe(of clip: String) throws -> Recipe {
    try Recipe(json: VideoWriting.readRecipe(from: clip), from: clip)
}
