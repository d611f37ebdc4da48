package import Tensors

/// `--autoguidance 0.5,patch=1x4x4,steps=2-9`: guidance away from what the model itself makes of the same prompt with coarser
/// patches, on top of classifier-free guidance. What both sizes get wrong, the coarser one more so, is corrected.
///
/// - Source: Karras et al., "Guiding a Diffusion Model with a Bad Version of Itself", arXiv 2406.02507; the weaker version is
///   a coarser patch size as in Anagnostidis et al., "FlexiDiT", arXiv 2502.20126
public struct Autoguidance: TextSetting {
    /// Of the difference between the velocities of both sizes, from 0, which is none, to 1000.
    public let weight: Double
    /// The coarser size; nil takes the model's.
    package var patch: PatchSize?
    /// Steps that are guided so; nil is all of them. Steps whose own patches are no finer are left out.
    package var steps: IndexRange?

    public static let option = "--autoguidance"

    /// - Throws: ``OptionError``
    public init(_ text: String) throws {
        let fields = try OptionText(text, of: Self.option, parts: ["patch": "1x4x4", "steps": "2-9"])
        weight = try fields.weight()
        patch = try fields.part("patch", "a patch size, as in patch=1x4x4") { PatchSize($0) }
        steps = try fields.range("steps")
    }

    public var description: String {
        OptionText.description("\(weight)", ["patch": patch?.description, "steps": steps?.description])
    }

    /// Whether a step of a patch size is guided so.
    ///
    /// - Parameter count: steps of the run
    /// - Throws: ``OptionError/steps(option:found:steps:count:)``
    func guides(step: Int, of own: PatchSize, count: Int) throws -> Bool {
        guard let patch, weight > 0, patch.cells > own.cells else { return false }
        return try steps.map { try indices($0, of: count).contains(step) } ?? true
    }
}
