internal import Kernels

/// The method that goes from noise to a clip.
public enum Sampler: String, Codable, CaseIterable, Sendable {
    /// First order: one straight step along the velocity.
    case euler
    /// Predictor and corrector of second order; what Wan checkpoints are shipped with.
    case unipc
}

/// How guidance leads from the unconditional velocity towards the prompt's.
public enum GuidanceRule: String, Codable, CaseIterable, Sendable {
    /// Classifier-free guidance: along their difference.
    case cfg
    /// CFG-Zero*, without its first steps of zeros: along what is left of the difference when the unconditional velocity has been scaled to fit the
    /// conditional one.
    case cfgZero = "cfg-zero"
}

/// Number format that the transformer's blocks compute their products in; everything else is fp32.
public enum Precision: String, Codable, CaseIterable, Sendable {
    /// What diffusers computes in by default.
    case fp32
    /// Operands in IEEE half, sums in fp32. Weights take 2 bytes a value, half of what a file in fp32 takes.
    /// Products take about as long as in fp32, less on CPUs that multiply halves (AVX512-FP16); the clip hardly differs
    /// from fp32's.
    case fp16
    /// 8-bit operands, each row and each output with a scale of its own. Weights take a quarter of fp32's memory, and
    /// products a third to a quarter of its time on CPUs with VNNI, two thirds on others with AVX2; the clip differs from
    /// fp32's a little.
    case int8

    /// The format that this CPU computes fastest in: 8 bits where their products are quicker than fp32's, else half where
    /// those are.
    public static var fastest: Precision {
        Machine.multipliesInt8 ? .int8 : Machine.multipliesHalf ? .fp16 : .fp32
    }
}

/// What a user asks for. Everything that is nil is taken from the model's own defaults.
public struct GenerationRequest: Equatable, Sendable {
    /// Any text; empty is allowed and means the model's unconditional clip.
    public var prompt: String
    /// What guidance leads away from.
    public var negativePrompt: String?
    /// Where the noise comes from; nil draws one and reports it.
    public var seed: UInt64?
    /// Pixels.
    public var width: Int?
    /// Pixels.
    public var height: Int?
    public var frames: Int?
    public var framesPerSecond: Int?
    /// Model evaluations per guidance branch.
    public var steps: Int?
    /// Strength of classifier-free guidance; 1 switches it off and halves the work.
    public var guidance: Double?
    /// Nil takes ``GuidanceRule/cfg``.
    public var guidanceRule: GuidanceRule?
    /// Guidance away from the model's own coarser patches; weight 0 is none.
    public var autoguidance: Autoguidance?
    /// Guidance away from the model without some of its blocks; weight 0 is none.
    public var skipGuidance: SkipGuidance?
    /// Flow shift, above 0.
    public var shift: Double?
    public var sampler: Sampler?
    /// Path of a picture that is the first frame; cut around the centre and scaled where it has another size.
    public var image: String?
    /// Path of a picture that is the last frame.
    public var lastImage: String?
    /// Whether the first frame of a first clip is the picture of the one that is kept.
    public var ownImage = false
    /// Where things of the first frame go.
    public var trajectory: Trajectory?
    /// Patch size of each step, of those that the model has.
    public var patch: PatchSchedule?
    /// Allows patch sizes that the model does not have: an experiment that resizes the ends of its base size.
    public var untrainedPatch = false
    public var precision: Precision?
    /// Whether steps may add again what the transformer's blocks added at an earlier one; nil computes all.
    public var cache: BlockCaching?
    /// Whether guidance may use an unconditional pass again; nil computes all.
    public var guidanceReuse: GuidanceReuse?
    /// The steps that are guided; nil takes the model's.
    public var guidanceSteps: GuidanceSteps?
    /// Work on tokens that is left out.
    public var compression: CompressionOptions?

    public init(prompt: String) { self.prompt = prompt }
}

/// A request with every open choice made: together with the model, all that decides the pixels.
public struct GenerationSettings: Codable, Equatable, Sendable {
    public var prompt: String
    public var negativePrompt: String
    public var seed: UInt64
    public var width: Int
    public var height: Int
    public var frames: Int
    public var framesPerSecond: Int
    public var steps: Int
    public var guidance: Double
    public var shift: Double
    public var sampler: Sampler
    /// Nil where the clip is made from text alone.
    public var image: PictureSource?
    public var lastImage: PictureSource?
    /// True where the first frame of a first clip of the same settings is the picture of this one; else nil.
    public var ownImage: Bool?
    /// The tracks themselves: no file is needed to make the clip again.
    public var trajectory: Trajectory?
    /// Nil is the model's base size for all steps, as in recipes of versions that knew no other.
    public var patch: PatchSchedule?
    /// True where the schedule has sizes that the model was not trained with; else nil.
    public var untrainedPatch: Bool?
    /// Nil is fp32, as in recipes of versions that knew no other.
    public var precision: Precision?
    /// Nil is ``GuidanceRule/cfg``, as in recipes of versions that knew no other.
    public var guidanceRule: GuidanceRule?
    /// Nil is none, as in recipes of versions that knew none.
    public var autoguidance: Autoguidance?
    /// Nil is none, as in recipes of versions that knew none.
    public var skipGuidance: SkipGuidance?
    /// Nil computes all blocks at all steps.
    public var cache: BlockCaching?
    /// Nil computes the unconditional pass at all steps that are guided.
    public var guidanceReuse: GuidanceReuse?
    /// Nil guides all steps.
    public var guidanceSteps: GuidanceSteps?
    /// Nil leaves out nothing.
    public var compression: CompressionOptions?
}

/// How a run is carried out; nothing here changes a pixel.
public struct RunOptions: Equatable, Sendable {
    /// Threads that compute, at least 1; nil takes one per core.
    public var threads: Int?
    /// Where the clean latent is kept as safetensors, beside the clip.
    public var latents: String?
    /// Where the latent behind each step is kept as safetensors (`step.0`, `step.1` and so on).
    public var stepLatents: String?
    /// Bytes that the resident set may reach; the run then holds less where it has to, and says how.
    public var maxMemory: Int?
    /// Where the run is kept while it goes on; nil keeps nothing.
    public var checkpoint: CheckpointOptions?
    /// Keeps what the run does and holds; for one run.
    public var recorder: RunRecorder?
    /// How the run stays below ``maxMemory``, where a plan has found that already; taken whatever the cap is. Nil finds it
    /// before the run.
    package var savings: MemorySavings?

    public init(
        threads: Int? = nil, latents: String? = nil, maxMemory: Int? = nil,
        checkpoint: CheckpointOptions? = nil, recorder: RunRecorder? = nil
    ) {
        self.threads = threads
        self.latents = latents
        self.maxMemory = maxMemory
        self.checkpoint = checkpoint
        self.recorder = recorder
    }
}
