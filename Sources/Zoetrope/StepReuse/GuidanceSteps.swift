package import Tensors

/// `--guidance-steps 2-9`: the steps that are guided; the others take the conditional pass alone.
public struct GuidanceSteps: TextSetting {
    package let steps: IndexRange

    public static let option = "--guidance-steps"

    /// - Throws: ``OptionError/value(option:found:part:wanted:)``
    public init(_ text: String) throws {
        guard let steps = IndexRange(text) else {
            throw OptionError.value(
                option: Self.option, found: text, part: text, wanted: IndexRange.wanted(named: nil))
        }
        self.steps = steps
    }

    public var description: String { steps.description }
}
