package import Tensors
package import Transformer

/// `--pool-keys 1x2x2,blocks=5-24,steps=0-20`: the window of tokens whose keys and values self-attention sees as one.
public struct KeyPoolingOption: TextSetting {
    package let pooling: KeyPooling
    package let steps: IndexRange

    static let option = "--pool-keys"

    /// - Throws: ``CompressionError``
    public init(_ text: String) throws {
        let fields = try CompressionText(text, of: Self.option, names: ["blocks": "5-24", "steps": "0-20"])
        pooling = KeyPooling(window: try fields.window(), blocks: try fields.range("blocks"))
        steps = try fields.range("steps")
    }

    public var description: String {
        OptionText.description(
            pooling.window.description, ["blocks": pooling.blocks.text, "steps": steps.text])
    }
}
