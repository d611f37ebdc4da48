import ArgumentParser
import Tensors
import Transformer
import Zoetrope

/// Work on tokens that a forward leaves out, written as for `zoetrope generate`; steps mean nothing here.
struct CompressionArguments: ParsableArguments {
    @Option(help: "Frames x rows x columns of tokens, such as 9x30x52, in place of --tokens.")
    var grid: TokenWindow?
    @Option(help: "Such as 0.5,blocks=5-24.") var merge: String?
    @Option(help: "Such as 1x2x2.") var poolKeys: String?
    @Option(help: "Such as 3x16x24.") var attentionWindow: String?

    func setting() throws -> TokenCompression {
        var compression = TokenCompression()
        compression.merging = try merge.map { try MergeOption($0).merging }
        compression.keyPooling = try poolKeys.map { try KeyPoolingOption($0).pooling }
        compression.window = try Self.window(attentionWindow)
        return compression
    }

    static func window(_ text: String?) throws -> AttentionWindow? {
        try text.map { try AttentionWindowOption($0).window }
    }
}
