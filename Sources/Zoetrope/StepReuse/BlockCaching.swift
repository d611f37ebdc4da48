package import Tensors

/// `--cache 0.08,steps=2-9,at-most=3`: when a step may add what the transformer's blocks added at an earlier one, in place
/// of computing them.
public struct BlockCaching: ReusingSetting {
    /// Blocks after the first are skipped where the first one's residual has changed by less than this since the
    /// last step that was computed in full, `Σ |change| / Σ |residual|`; from 0, which computes everything, to 1000.
    public let threshold: Double
    /// Where blocks may be skipped.
    package var steps: IndexRange?
    /// Steps in a row of which blocks are skipped, from 1 to 1000.
    public let atMost: Int

    public static let option = "--cache"

    /// - Throws: ``OptionError``
    public init(_ text: String) throws {
        let fields = try OptionText(text, of: Self.option, parts: ["steps": "2-9", "at-most": "3"])
        threshold = try fields.value(
            "a threshold from 0 to 1000, as in 0.08", OptionText.number(in: 0...1000))
        steps = try fields.range("steps")
        atMost =
            try fields.part(
                "at-most",
                "in how many steps in a row blocks may be skipped, from 1 to 1000, as in at-most=3",
                OptionText.count(in: 1...1000)) ?? 3
    }

    public var description: String {
        OptionText.description("\(threshold)", ["steps": steps?.description, "at-most": "\(atMost)"])
    }
}
