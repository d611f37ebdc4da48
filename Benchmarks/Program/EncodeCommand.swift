import ArgumentParser
import Checkpoints
import Foundation
import Tensors
import TextEncoding

/// A prompt of random tokens through the text encoder.
struct EncodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "encode")
    @Option(help: "Model directory.") var model: String
    @Option var tokens = 32
    @OptionGroup var measuring: MeasuringOptions

    func run() throws {
        let workers = Workers(threads: measuring.threads)
        let folder = URL(fileURLWithPath: model).appendingPathComponent("text_encoder")
        let config = try readConfig(TextEncoderConfig.self, at: folder.appendingPathComponent("config.json"))
        let start = ContinuousClock.now
        let encoder = try TextEncoder(
            WeightScope(try Checkpoint(component: folder)), config: config, on: workers)
        let loading = ContinuousClock.now - start
        let ids = (0..<tokens).map { Int32(($0 * 37 + 11) % config.vocabulary) }
        let times = try seconds(repeats: measuring.repeats) { _ = try encoder.encode([ids]) }
        try printJSON(Measurement(seconds: times, loadSeconds: loading / .seconds(1)))
    }
}
