import ArgumentParser
import Kernels
import Patching
import Tensors
import Transformer

/// Self-attention of random tokens.
struct AttentionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "attention")
    @Option var tokens = 4096
    @Option var heads = 12
    @Option var headWidth = 128
    @Option(help: "fp32, fp16 or int8.") var precision = Precision.float32
    @Option(help: "Frames x rows x columns of tokens, in place of --tokens.") var grid: TokenWindow?
    @Option(help: "As that of zoetrope generate.") var attentionWindow: String?
    @OptionGroup var measuring: MeasuringOptions

    func run() throws {
        let workers = Workers(threads: measuring.threads)
        let grid = TokenBox(grid, or: tokens).grid(of: PatchSize(time: 1, height: 1, width: 1))
        let tiling = try CompressionArguments.window(attentionWindow).flatMap { TokenTiling($0, in: grid) }
        let body = selfAttention(
            tokens: grid.tokens, heads: heads, headWidth: headWidth, within: tiling?.reach,
            precision: precision, on: workers)
        try printJSON(Measurement(seconds: seconds(repeats: measuring.repeats, body)))
    }
}

/// One call of attention over random queries, keys and values.
func selfAttention(
    tokens: Int, heads: Int, headWidth: Int, within reach: AttentionReach? = nil,
    precision: Precision = .float32, on workers: Workers
) -> () -> Void {
    let (q, k, v) = (
        noise([tokens, heads * headWidth]), noise([tokens, heads * headWidth], seed: 8),
        noise([tokens, heads * headWidth], seed: 9)
    )
    let scale = 1 / Float(headWidth).squareRoot()
    return {
        _ = attention(
            q, k, v, heads: heads, scale: scale, within: reach, precision: precision, on: workers)
    }
}
