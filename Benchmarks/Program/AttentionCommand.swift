import ArgumentParser
import Kernels
import Tensors

/// Self-attention of random tokens.
struct AttentionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "attention")
    @Option var tokens = 4096
    @Option var heads = 12
    @Option var headWidth = 128
    @Option(help: "fp32 or int8.") var precision = Precision.float32
    @OptionGroup var measuring: MeasuringOptions

    func run() throws {
        let workers = Workers(threads: measuring.threads)
        let body = selfAttention(
            tokens: tokens, heads: heads, headWidth: headWidth, precision: precision, on: workers)
        try printJSON(Measurement(seconds: seconds(repeats: measuring.repeats, body)))
    }
}

/// One call of attention over random queries, keys and values.
func selfAttention(
    tokens: Int, heads: Int, headWidth: Int, precision: Precision = .float32, on workers: Workers
) -> () -> Void {
    let (q, k, v) = (
        noise([tokens, heads * headWidth]), noise([tokens, heads * headWidth], seed: 8),
        noise([tokens, heads * headWidth], seed: 9)
    )
    let scale = 1 / Float(headWidth).squareRoot()
    return { _ = attention(q, k, v, heads: heads, scale: scale, precision: precision, on: workers) }
}
