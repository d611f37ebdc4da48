package import Tensors
package import Transformer

/// `--merge 0.5,window=1x2x2,blocks=5-24,steps=0-20`: which share of the tokens goes into others that resemble them
/// within a window of the token grid.
public struct MergeOption: TokenSetting {
    package let merging: TokenMerging
    package let steps: IndexRange
    var blocks: IndexRange { merging.blocks }

    public static let option = "--merge"
    private static let window = TokenWindow(frames: 1, rows: 2, columns: 2)

    /// - Throws: ``OptionError``
    public init(_ text: String) throws {
        let fields = try OptionText(
            text, of: Self.option, parts: ["window": "1x2x2", "blocks": "5-24", "steps": "0-20"])
        let ratio = try fields.value(
            "the share of tokens that go, from 0 to 0.75, as in 0.5", Self.ratio)
        let window = try fields.window("window") ?? Self.window
        guard ratio <= 1 - 1 / Double(window.tokens) else {
            throw OptionError.ratio(found: text, window: window.description, tokens: window.tokens)
        }
        merging = TokenMerging(ratio: ratio, window: window, blocks: try fields.range("blocks") ?? .all)
        steps = try fields.range("steps") ?? .all
    }

    private static func ratio(_ text: String) -> Double? {
        guard let ratio = Double(text), (0...0.75).contains(ratio) else { return nil }
        // Neither may have an exponent: what is written has to be read again.
        return (text + "\(ratio)").allSatisfy("0123456789.".contains) ? ratio : nil
    }

    public var description: String {
        OptionText.description(
            "\(merging.ratio)",
            [
                "window": merging.window == Self.window ? nil : merging.window.description,
                "blocks": blocks.text, "steps": steps.text,
            ])
    }
}
