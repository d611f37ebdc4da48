import ArgumentParser
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
        let (encoder, config, loading) = try load("text_encoder", of: URL(fileURLWithPath: model)) {
            try TextEncoder($0, config: $1, on: workers)
        }
        let ids = (0..<tokens).map { Int32(($0 * 37 + 11) % config.vocabulary) }
        let times = try seconds(repeats: measuring.repeats) { _ = try encoder.encode([ids]) }
        try printJSON(Measurement(seconds: times, loadSeconds: loading))
    }
}
