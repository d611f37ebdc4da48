internal import Checkpoints
internal import LatentDecoding
internal import Pictures
internal import Tensors
internal import VideoWriting

/// What decoding kept latents did and cost.
public struct DecodingReport: Codable, Equatable, Sendable {
    /// Path of the clip.
    public var output: String
    public var width: Int
    public var height: Int
    public var frames: Int
    public var totalSeconds: Double
    public var peakResidentBytes: Int?
    public var threads: Int
}

/// Kept latents to a clip.
struct DecodingRun: Sendable {
    let directory: ModelDirectory
    let latents: String
    let output: String
    let framesPerSecond: Int?
    let workers: Workers
    let onEvent: @Sendable (GenerationEvent) -> Void

    func perform() throws -> DecodingReport {
        let watch = Stopwatch()
        let (latent, recipe) = try LatentFile.read(latents, channels: directory.latentChannels)
        let autoencoder = directory.autoencoder
        let frames = (latent.shape[1] - 1) * autoencoder.temporalFactor + 1
        let (height, width) = (
            latent.shape[2] * autoencoder.spatialFactor, latent.shape[3] * autoencoder.spatialFactor
        )
        let writer = try VideoWriter(
            path: output, width: width, height: height,
            framesPerSecond: framesPerSecond ?? recipe?.settings.framesPerSecond
                ?? directory.defaults.framesPerSecond,
            recipe: try recipe?.json() ?? "")
        onEvent(.stage(.load))
        let decoder = try LatentDecoder(
            WeightScope(try directory.checkpoint(of: "vae")), config: autoencoder,
            on: workers)
        onEvent(.stage(.decode))
        var index = 0
        try decoder.decode(latent) { picture in
            try writer.write(try Frame(decoded: picture))
            onEvent(.frame(index: index, count: frames))
            index += 1
        }
        try workers.checkCancellation()
        try writer.finish()
        return DecodingReport(
            output: output, width: width, height: height, frames: frames, totalSeconds: watch.totalSeconds,
            peakResidentBytes: peakResidentBytes(), threads: workers.threads)
    }
}
