import ArgumentParser
import Foundation
import Tensors

/// One forward of a transformer.
struct ForwardCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "forward")
    @Option(help: "Model directory.") var model: String
    @Option var tokens = 320
    @OptionGroup var compression: CompressionArguments
    @Option(help: "Of the 512 text slots, those that are not zeros.") var contextRows = 20
    @Option(help: "fp32, fp16 or int8.") var precision = Precision.float32
    @Flag(help: "Make the prompt's keys and values once, as in a run of many steps.") var remembersPrompt =
        false
    @OptionGroup var measuring: MeasuringOptions

    func run() throws {
        let workers = Workers(threads: measuring.threads)
        let bench = try TransformerBench(
            URL(fileURLWithPath: model), precision: precision, on: workers)
        let forward = try bench.forward(
            TokenBox(compression.grid, or: tokens), contextRows: contextRows,
            includesPrompt: !remembersPrompt, leavingOut: try compression.setting())
        let times = try seconds(repeats: measuring.repeats, forward)
        try printJSON(Measurement(seconds: times, loadSeconds: bench.loadSeconds))
    }
}

extension Precision: ExpressibleByArgument {}
