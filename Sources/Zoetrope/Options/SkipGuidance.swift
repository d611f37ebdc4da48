package import Tensors

/// `--skip-guidance 0.5,blocks=4,steps=2-9`: guidance away from what the model makes of the same prompt without some of its
/// blocks, on top of classifier-free guidance. What the model gets wrong, it gets more wrong without them.
///
/// - Source: Hyung et al., "Spatiotemporal Skip Guidance for Enhanced Video Diffusion Sampling", arXiv 2411.18664; the skip
///   layer guidance of Stable Diffusion 3.5 and ComfyUI
public struct SkipGuidance: TextSetting {
    /// Of the difference between the velocities with and without the blocks, from 0, which is none, to 1000.
    public let weight: Double
    /// The blocks that are left out; nil takes the one half way up.
    package var blocks: IndexRange?
    /// Steps that are guided so; nil is all of them.
    package var steps: IndexRange?

    public static let option = "--skip-guidance"

    /// - Throws: ``OptionError``
    public init(_ text: String) throws {
        let fields = try OptionText(text, of: Self.option, parts: ["blocks": "4", "steps": "2-9"])
        weight = try fields.weight()
        blocks = try fields.range("blocks")
        steps = try fields.range("steps")
    }

    public var description: String {
        OptionText.description("\(weight)", ["blocks": blocks?.description, "steps": steps?.description])
    }

    /// The same with its blocks; nil where it is switched off.
    ///
    /// - Parameter layers: of the model
    /// - Throws: ``OptionError/blocks(option:found:blocks:count:)``
    func resolved(layers: Int) throws -> SkipGuidance? {
        guard weight > 0 else { return nil }
        var resolved = self
        let blocks = blocks ?? IndexRange(first: layers / 2, last: layers / 2)
        guard blocks.fits(layers) else {
            throw OptionError.blocks(
                option: Self.option, found: description, blocks: blocks.description, count: layers)
        }
        resolved.blocks = blocks
        return resolved
    }

    /// - Parameter count: steps of the run
    /// - Throws: ``OptionError/steps(option:found:steps:count:)``
    func guides(step: Int, count: Int) throws -> Bool {
        guard weight > 0 else { return false }
        return try steps.map { try indices($0, of: count).contains(step) } ?? true
    }
}
