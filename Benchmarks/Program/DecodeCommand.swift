import ArgumentParser
import Foundation
import LatentDecoding
import Tensors

/// Decoding of a random latent to frames, which are dropped.
struct DecodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "decode")
    @Option(help: "Model directory.") var model: String
    @Option var frames = 5
    @Option var side = 32
    @OptionGroup var measuring: MeasuringOptions

    func run() throws {
        let workers = Workers(threads: measuring.threads)
        let (decoder, config, loading) = try load("vae", of: URL(fileURLWithPath: model)) {
            try LatentDecoder($0, config: $1, on: workers)
        }
        let latent = noise([config.latentChannels, frames, side, side])
        let times = try seconds(repeats: measuring.repeats, warming: false) {
            try decoder.decode(latent) { _ in }
        }
        try printJSON(Measurement(seconds: times, loadSeconds: loading))
    }
}
