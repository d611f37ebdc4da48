internal import Sampling

/// A run that stopped before its clip was in its place, as its directory keeps it.
public struct UnfinishedRun: Sendable {
    /// As the caller names it.
    public let directory: String
    /// What the clip is made from; its pictures may be given other places.
    public var settings: GenerationSettings
    var plan: RunPlan
    let state: SamplingState

    /// Reads the checkpoint, without weights.
    ///
    /// - Throws: ``RunDirectoryError``, which says whether there is nothing, something else, or a broken checkpoint;
    ///   an error that names a file which cannot be read
    public init(in directory: String) throws {
        self = try RunDirectory.read(directory)
    }

    init(directory: String, plan: RunPlan, state: SamplingState) {
        self.directory = directory
        self.plan = plan
        self.state = state
        settings = plan.settings
    }

    public var recipe: Recipe { plan.recipe }
    /// Opens its model: `VideoGenerator(model:)`.
    public var model: String? { plan.model }
    /// Path of the clip.
    public var output: String { plan.output }
    /// Sampling steps that are done.
    public var step: Int { state.step }
    /// Whether only decoding and writing are left.
    public var isSampled: Bool { state.step == recipe.settings.steps }
    /// What a user types to go on.
    public var command: String { "zoetrope resume \(shellWord(directory))" }

    /// What makes it uncertain that the clip has the bytes of an uninterrupted run.
    var warnings: [String] {
        [("Zoetrope", recipe.zoetrope, zoetropeVersion), ("", plan.machine, RunPlan.thisMachine)]
            .filter { $1 != $2 }
            .map { name, began, now in
                let kind = name.isEmpty ? "" : name + " "
                return
                    "the run began with \(kind)\(began) and goes on with \(kind)\(now): the clip may differ a little "
                    + "from that of an uninterrupted run"
            }
    }

    /// Where it goes on, to be shown.
    var note: String {
        isSampled
            ? "resumed after sampling" : "resumed after step \(step) of \(recipe.settings.steps)"
    }

    /// As the run was told; nil takes one per core.
    public var threads: Int? { plan.threads }
}
