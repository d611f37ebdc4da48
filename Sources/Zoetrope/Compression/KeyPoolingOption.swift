package import Tensors
package import Transformer

/// `--pool-keys 1x2x2,blocks=5-24,steps=0-20`: the window of tokens whose keys and values self-attention sees as one.
public struct KeyPoolingOption: TokenSetting {
    package let pooling: KeyPooling
    package let steps: IndexRange
    var blocks: IndexRange { pooling.blocks }

    public static let option = "--pool-keys"

    /// - Throws: ``OptionError``
    public init(_ text: String) throws {
        let fields = try OptionText(text, of: Self.option, parts: ["blocks": "5-24", "steps": "0-20"])
        pooling = KeyPooling(window: try fields.window(), blocks: try fields.range("blocks") ?? .all)
        steps = try fields.range("steps") ?? .all
    }

    public var description: String {
        OptionText.description(pooling.window.description, ["blocks": blocks.text, "steps": steps.text])
    }
}
