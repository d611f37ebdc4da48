import ArgumentParser
import Foundation
import Tensors
import Transformer

/// Time of a token from 320 to 16,384 tokens, with attention measured alone and taken out.
struct ScalingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "scaling")
    @Option(help: "Model directory, of few blocks and full widths.") var model: String
    @Option(parsing: .upToNextOption) var tokens = [320, 1280, 4096, 8192, 16384]
    @Option(help: "fp32, fp16 or int8.") var precision = Precision.float32
    @OptionGroup var measuring: MeasuringOptions

    struct Row: Encodable {
        let tokens: Int
        let forwardSeconds: Double
        /// Of all blocks.
        let attentionSeconds: Double
        let microsecondsPerTokenWithoutAttention: Double
        /// So far; tokens grow from row to row, so this is the peak of this row's forward.
        let peakMiB: Double?
    }

    func run() throws {
        let workers = Workers(threads: measuring.threads)
        let bench = try TransformerBench(URL(fileURLWithPath: model), precision: precision, on: workers)
        try printJSON(tokens.sorted().map { try row(of: $0, bench, on: workers) })
    }

    private func row(of tokens: Int, _ bench: TransformerBench, on workers: Workers) throws -> Row {
        let config = bench.transformer.config
        let forward = try bench.forward(TokenBox(of: tokens), contextRows: 20, includesPrompt: false)
        let whole = median(try seconds(repeats: measuring.repeats, forward))
        let peak = peakResidentMiB()
        let body = selfAttention(
            tokens: tokens, heads: config.heads, headWidth: config.headWidth, precision: precision,
            on: workers)
        let attention = median(seconds(repeats: measuring.repeats, body)) * Double(config.layers)
        return Row(
            tokens: tokens, forwardSeconds: whole, attentionSeconds: attention,
            microsecondsPerTokenWithoutAttention: (whole - attention) / Double(tokens) * 1e6, peakMiB: peak)
    }
}
