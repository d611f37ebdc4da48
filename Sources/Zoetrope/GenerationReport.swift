/// The stages of a run, in order.
public enum Stage: String, Codable, CaseIterable, Sendable {
    case load, encode, picture, sample, decode
}

/// What a run did and what it cost.
public struct GenerationReport: Codable, Equatable, Sendable {
    /// Path of the clip.
    public var output: String
    /// Path of the latents, where they were asked for.
    public var latents: String?
    public var recipe: Recipe
    /// Sampling steps that an earlier process had done; nil for a run without interruption.
    public var resumedAfterStep: Int?
    /// Wall-clock seconds per stage, and of the whole run. Writing happens while decoding.
    public var seconds: [String: Double]
    public var totalSeconds: Double
    /// Seconds of each sampling step that this process did.
    public var stepSeconds: [Double]
    /// What each sampling step computed and what it took from an earlier one.
    public var stepPasses: [StepPasses]
    /// Largest resident set of the process so far; nil where the system does not tell.
    public var peakResidentBytes: Int?
    /// Tokens that the transformer works on, in the step that has most of them.
    public var tokens: Int
    /// Tokens of each sampling step; they differ where the patch size changes. With an own image a first clip's steps come
    /// first, here and above.
    public var stepTokens: [Int]
    /// Of these, those that blocks with merging work on; nil where nothing is merged.
    public var mergedStepTokens: [Int]?
    public var threads: Int
    /// Instruction set of Zoetrope's kernels and kernels of OpenBLAS.
    public var kernels: String
    public var blasCore: String
    public var blasVersion: String
    /// What each stage held when it held most, in the order of the stages.
    public var memory: [StageMemory]
    public var warnings: [String]
}

/// What happens during a run, in the order in which it happens.
public enum GenerationEvent: Sendable {
    /// Every open choice is made; nothing is loaded yet. `stepTokens` are the tokens of each sampling step.
    case started(GenerationSettings, stepTokens: [Int])
    /// Something the user should know, such as a prompt that was cut.
    case warning(String)
    /// Something that was done and is in order, such as a picture that was cut to the clip's proportions.
    case note(String)
    case stage(Stage)
    /// A sampling step of `count` is done; `seconds` is its duration.
    case step(index: Int, count: Int, seconds: Double, passes: StepPasses)
    /// A frame is written.
    case frame(index: Int, count: Int)
}
