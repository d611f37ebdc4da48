package import Tensors
package import Transformer

/// `--attention-window 3x16x24,tile=1x8x12,blocks=5-24,steps=0-20`: how far self-attention sees, in tokens.
public struct AttentionWindowOption: TokenSetting {
    package let window: AttentionWindow
    package let steps: IndexRange
    var blocks: IndexRange { window.blocks }

    public static let option = "--attention-window"
    /// Whole panels of 12 queries and whole blocks of 32 keys, so that kernels compute nothing in vain.
    private static let tile = TokenWindow(frames: 1, rows: 8, columns: 12)

    /// - Throws: ``OptionError``
    public init(_ text: String) throws {
        let fields = try OptionText(
            text, of: Self.option, parts: ["tile": "1x8x12", "blocks": "5-24", "steps": "0-20"])
        window = AttentionWindow(
            size: try fields.window(), tile: try fields.window("tile") ?? Self.tile,
            blocks: try fields.range("blocks") ?? .all)
        steps = try fields.range("steps") ?? .all
    }

    public var description: String {
        OptionText.description(
            window.size.description,
            [
                "tile": window.tile == Self.tile ? nil : window.tile.description,
                "blocks": blocks.text, "steps": steps.text,
            ])
    }
}
