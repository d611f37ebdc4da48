import ArgumentParser
import Zoetrope

/// Work on tokens that is left out (docs/token-compression.md).
struct TokenOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Merge tokens that resemble each other: the share that goes, 0 to 0.75, such as 0.5 or "
                + "0.5,window=1x2x2,blocks=5-24,steps=0-20 (docs/token-compression.md).", valueName: "ratio"))
    var merge: String?

    @Option(
        help: ArgumentHelp(
            "Self-attention sees one key and value for each window of tokens, such as 1x2x2 or "
                + "1x2x2,blocks=5-24,steps=0-20.", valueName: "window"))
    var poolKeys: String?

    @Option(
        help: ArgumentHelp(
            "Self-attention sees the tokens near each token: frames x rows x columns of tokens, such as 3x16x24 or "
                + "3x16x24,tile=1x8x12,blocks=5-24,steps=0-20.", valueName: "window"))
    var attentionWindow: String?

    func add(to request: inout GenerationRequest) throws {
        var compression = CompressionOptions()
        compression.merge = try merge.map { try MergeOption($0) }
        compression.poolKeys = try poolKeys.map { try KeyPoolingOption($0) }
        compression.attentionWindow = try attentionWindow.map { try AttentionWindowOption($0) }
        request.compression = compression
    }
}
