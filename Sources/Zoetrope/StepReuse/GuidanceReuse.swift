package import Tensors

/// `--reuse-guidance 2,steps=4-`: at which steps guidance does without an unconditional pass. It adds the difference that
/// the two passes had at an earlier step.
public struct GuidanceReuse: ReusingSetting {
    /// The unconditional pass is computed once in so many steps, from 2 to 1000.
    public let every: Int
    /// Where it may be left out.
    package var steps: IndexRange?

    public static let option = "--reuse-guidance"

    /// - Throws: ``OptionError``
    public init(_ text: String) throws {
        let fields = try OptionText(text, of: Self.option, parts: ["steps": "4-9"])
        every = try fields.value(
            "in how many steps the unconditional pass is computed once, from 2 to 1000, as in 2",
            OptionText.count(in: 2...1000))
        steps = try fields.range("steps")
    }

    public var description: String { OptionText.description("\(every)", ["steps": steps?.description]) }
}
