import ArgumentParser
import Checkpoints
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
        let folder = URL(fileURLWithPath: model).appendingPathComponent("vae")
        let config = try readConfig(AutoencoderConfig.self, at: folder.appendingPathComponent("config.json"))
        let start = ContinuousClock.now
        let decoder = try LatentDecoder(
            WeightScope(try Checkpoint(component: folder)), config: config, on: workers)
        let loading = ContinuousClock.now - start
        let latent = noise([config.latentChannels, frames, side, side])
        let times = try seconds(repeats: measuring.repeats, warming: false) {
            try decoder.decode(latent) { _ in }
        }
        try printJSON(Measurement(seconds: times, loadSeconds: loading / .seconds(1)))
    }
}
