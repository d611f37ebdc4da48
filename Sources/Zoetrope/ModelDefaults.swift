internal import Checkpoints
import Foundation
internal import Transformer

/// The settings of a clip when the user leaves them open.
public struct ModelDefaults: Codable, Equatable, Sendable {
    public var width: Int
    public var height: Int
    public var frames: Int
    public var framesPerSecond: Int
    public var steps: Int
    public var guidance: Double
    public var shift: Double
    public var sampler: Sampler
    public var negativePrompt: String
    /// Nil is none. It goes with guidance: a clip made without that has none of this either.
    public var autoguidance: Autoguidance?
    /// Nil is none. It goes with guidance too.
    public var skipGuidance: SkipGuidance?
    /// The steps that are guided; nil is all. It goes with guidance too.
    public var guidanceSteps: GuidanceSteps?

    enum CodingKeys: String, CodingKey {
        case width, height, frames, steps, guidance, shift, sampler, autoguidance
        case framesPerSecond = "fps"
        case negativePrompt = "negative_prompt"
        case skipGuidance = "skip_guidance"
        case guidanceSteps = "guidance_steps"
    }

    /// From the model's own `generation.json`, or else what its makers recommend for a model of its size.
    init(directory: URL, transformer: DiTConfig) throws {
        let file = directory.appendingPathComponent("generation.json")
        if FileManager.default.fileExists(atPath: file.path) {
            self = try readConfig(ModelDefaults.self, at: file)
        } else {
            self = Self.published(for: transformer)
            let scheduler = directory.appendingPathComponent("scheduler/scheduler_config.json")
            if FileManager.default.fileExists(atPath: scheduler.path) {
                let config = try readConfig(SchedulerConfig.self, at: scheduler)
                shift = config.flowShift ?? config.shift ?? shift
            }
        }
    }

    /// - Source: Wan 2.1 and 2.2 `wan/configs`; guidance and steps as diffusers 0.42.1 `WanPipeline.__call__`
    ///   has them
    private static func published(for transformer: DiTConfig) -> ModelDefaults {
        let isWan22 = transformer.outputChannels == 48
        return ModelDefaults(
            width: isWan22 ? 1280 : 832, height: isWan22 ? 704 : 480, frames: isWan22 ? 121 : 81,
            framesPerSecond: isWan22 ? 24 : 16, steps: 50, guidance: 5, shift: isWan22 ? 5 : 3,
            sampler: .unipc,
            negativePrompt: "")
    }

    private init(
        width: Int, height: Int, frames: Int, framesPerSecond: Int, steps: Int, guidance: Double,
        shift: Double,
        sampler: Sampler, negativePrompt: String
    ) {
        self.width = width
        self.height = height
        self.frames = frames
        self.framesPerSecond = framesPerSecond
        self.steps = steps
        self.guidance = guidance
        self.shift = shift
        self.sampler = sampler
        self.negativePrompt = negativePrompt
    }
}

/// What a checkpoint's own scheduler says of the flow shift; its other settings are those of the solvers.
private struct SchedulerConfig: Decodable {
    let flowShift: Double?
    let shift: Double?

    enum CodingKeys: String, CodingKey {
        case shift
        case flowShift = "flow_shift"
    }
}
