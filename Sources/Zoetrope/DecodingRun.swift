internal import LatentDecoding
internal import Layers
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
    /// What each stage held when it held most, in the order of the stages.
    public var memory: [StageMemory]
}

/// Kept latents to a clip.
struct DecodingRun: Sendable {
    let directory: ModelDirectory
    let latents: String
    let output: String
    let framesPerSecond: Int?
    let options: RunOptions
    var savings = MemorySavings()
    /// Of the file in which the decoder remembers frames, where the savings have one.
    var fileBytes = 0
    let workers: Workers
    let onEvent: @Sendable (GenerationEvent) -> Void

    func perform() throws -> DecodingReport {
        let ledger = MemoryLedger(savings, keepsTimeline: options.recorder != nil)
        options.recorder?.keep(ledger)
        return try RunScope.of(ledger) {
            let watch = Stopwatch()
            let (latent, recipe) = try LatentFile.read(latents, channels: directory.latentChannels)
            let size = clipSize(of: latent.shape)
            let writer = try VideoWriter(
                path: output, width: size.width, height: size.height,
                framesPerSecond: framesPerSecond ?? recipe?.settings.framesPerSecond
                    ?? directory.defaults.framesPerSecond,
                recipe: try recipe?.json() ?? "")
            let file = FrameFile(savings, beside: output)
            try file?.open(byteCount: fileBytes)
            savings.note(cap: options.maxMemory, fileBytes: fileBytes).map { onEvent(.note($0)) }
            file?.warning.map { onEvent(.warning($0)) }
            try FrameDecoding(directory: directory, file: file, workers: workers, onEvent: onEvent)
                .run(latent, frames: size.frames, RunLog()) { try writer.write(try Frame(decoded: $0)) }
            try writer.finish()
            return DecodingReport(
                output: output, width: size.width, height: size.height, frames: size.frames,
                totalSeconds: watch.totalSeconds, peakResidentBytes: peakResidentBytes(),
                threads: workers.threads, memory: ledger.report.stageMemory)
        }
    }

    /// Goes through the stages without values.
    ///
    /// - Parameters:
    ///   - shape: of the latents
    ///   - ledger: of a plan
    ///   - file: that would hold the frames that the decoder remembers; nil holds them in memory
    func rehearse(_ shape: [Int], _ ledger: MemoryLedger, rememberingIn file: FrameFile?) throws
        -> LedgerReport
    {
        try RunScope.of(ledger) {
            try FrameDecoding(directory: directory, file: file, workers: workers, onEvent: { _ in })
                .run(Tensor(uninitialized: shape), frames: clipSize(of: shape).frames, RunLog()) { _ in }
        }
        return ledger.report
    }

    func clipSize(of latent: [Int]) -> (width: Int, height: Int, frames: Int) {
        let autoencoder = directory.autoencoder
        return (
            latent[3] * autoencoder.spatialFactor, latent[2] * autoencoder.spatialFactor,
            (latent[1] - 1) * autoencoder.temporalFactor + 1
        )
    }
}
