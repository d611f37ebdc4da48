internal import Sampling
internal import Tensors

/// A run that stopped before its clip was in its place, as its directory keeps it.
public struct UnfinishedRun: Sendable {
    /// As the caller names it.
    public let directory: String
    /// What the clip is made from.
    public private(set) var settings: GenerationSettings
    let instructions: RunInstructions
    private let state: RunState

    /// Reads the checkpoint, without weights.
    ///
    /// - Throws: ``RunDirectoryError``, which says whether there is nothing, something else, or a broken checkpoint;
    ///   an error that names a file which cannot be read
    public init(in directory: String) throws {
        self = try RunDirectory.read(directory)
    }

    init(directory: String, instructions: RunInstructions, state: RunState) {
        self.directory = directory
        self.instructions = instructions
        self.state = state
        settings = instructions.recipe.settings
        movePictures(image: instructions.image, lastImage: instructions.lastImage)
    }

    /// Says where pictures of the clip lie now; nil leaves one where it was.
    public mutating func movePictures(image: String? = nil, lastImage: String? = nil) {
        if let image { settings.image?.path = image }
        if let lastImage { settings.lastImage?.path = lastImage }
    }

    /// Where sampling goes on.
    ///
    /// - Parameter shape: of the model's latents
    /// - Throws: ``RunDirectoryError/damaged(path:reason:)`` for others
    func state(of shape: [Int]) throws -> RunState {
        guard state.latent.shape == shape else {
            throw RunDirectoryError.damaged(
                path: directory, reason: "its latents are \(state.latent.shape), but the model's \(shape)")
        }
        return state
    }

    public var recipe: Recipe { instructions.recipe }
    /// Opens its model: `VideoGenerator(model:)`.
    public var model: String? { instructions.model }
    /// Path of the clip.
    public var output: String { instructions.output }
    /// Sampling steps that are done.
    public var step: Int { state.step }
    /// Whether only decoding and writing are left.
    public var isSampled: Bool { state.step == recipe.settings.steps }
    /// What a user types to go on.
    public var command: String { "zoetrope resume \(shellWord(directory))" }

    /// What makes it uncertain that the clip has the bytes of an uninterrupted run.
    var warnings: [String] {
        [
            ("Zoetrope", recipe.zoetrope, zoetropeVersion),
            ("", instructions.machine, RunInstructions.thisMachine),
        ]
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
    public var threads: Int? { instructions.threads }
}
