internal import Foundation
package import Tensors
package import Transformer

/// `--merge 0.5,window=1x2x2,blocks=5-24,steps=0-20`: which share of the tokens goes into others that resemble them
/// within a window of the token grid.
public struct MergeOption: TextSetting {
    package let merging: TokenMerging
    package let steps: IndexRange

    static let option = "--merge"
    private static let window = TokenWindow(frames: 1, rows: 2, columns: 2)

    /// - Throws: ``CompressionError``
    public init(_ text: String) throws {
        let fields = try CompressionText(
            text, of: Self.option, names: ["window": "1x2x2", "blocks": "5-24", "steps": "0-20"])
        guard let ratio = Double(fields.value), (0...0.75).contains(ratio),
            // Neither may have an exponent: what is written has to be read again.
            (fields.value + "\(ratio)").allSatisfy(Self.digits.contains)
        else {
            throw CompressionError.value(
                option: Self.option, found: text, part: fields.value,
                wanted: "the share of tokens that go, from 0 to 0.75, as in 0.5")
        }
        let window = try fields.window("window") ?? Self.window
        let most = 1 - 1 / Double(window.tokens)
        guard ratio <= most else {
            throw CompressionError.ratio(found: text, window: window.description, tokens: window.tokens)
        }
        merging = TokenMerging(ratio: ratio, window: window, blocks: try fields.range("blocks"))
        steps = try fields.range("steps")
    }

    private static let digits = "0123456789."

    public var description: String {
        OptionText.description(
            "\(merging.ratio)",
            [
                "window": merging.window == Self.window ? nil : merging.window.description,
                "blocks": merging.blocks.text, "steps": steps.text,
            ])
    }
}
