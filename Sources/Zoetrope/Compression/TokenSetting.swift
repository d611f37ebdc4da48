internal import Tensors

/// A setting that leaves out work on tokens in some blocks of some steps.
protocol TokenSetting: TextSetting {
    var blocks: IndexRange { get }
    var steps: IndexRange { get }
}

extension TokenSetting {
    /// - Parameters:
    ///   - count: blocks of the model
    ///   - steps: of the run
    /// - Throws: ``OptionError/blocks(option:found:blocks:count:)``, ``OptionError/steps(option:found:steps:count:)``
    func check(blocks count: Int, steps stepCount: Int) throws {
        guard blocks.fits(count) else {
            throw OptionError.blocks(
                option: Self.option, found: description, blocks: blocks.description, count: count)
        }
        _ = try indices(steps, of: stepCount)
    }

    /// Whether both work in the same block of the same step.
    func meets(_ other: some TokenSetting) -> Bool {
        blocks.overlaps(other.blocks) && steps.overlaps(other.steps)
    }
}
