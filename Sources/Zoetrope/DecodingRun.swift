internal import Checkpoints
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
        let ledger = MemoryLedger(savings)
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
            try decode(latent, frames: size.frames, rememberingIn: file) {
                try writer.write(try Frame(decoded: $0))
            }
            try writer.finish()
            return DecodingReport(
                output: output, width: size.width, height: size.height, frames: size.frames,
                totalSeconds: watch.totalSeconds, peakResidentBytes: peakResidentBytes(),
                threads: workers.threads, memory: ledger.report.stageMemory)
        }
    }

    /// What the run would hold, gone through without values.
    ///
    /// - Returns: bytes of tensors and of what was read in the weights' file, of libraries beside them, and of the file of
    ///   frames
    func rehearse() throws -> (tensorBytes: Int, library: LibraryMemory, fileBytes: Int) {
        let shape = try LatentFile.shape(latents, channels: directory.latentChannels)
        let ledger = MemoryLedger(savings, isPlan: true)
        let size = clipSize(of: shape)
        let library = LibraryMemory(
            threads: workers.threads, width: size.width, height: size.height, frames: size.frames)
        let file = FrameFile(savings, beside: "")
        try RunScope.of(ledger) {
            try decode(Tensor(uninitialized: shape), frames: size.frames, rememberingIn: file) { _ in }
        }
        return (ledger.report.peakBytes, library, file?.mostBytes ?? 0)
    }

    private func decode(
        _ latent: Tensor, frames: Int, rememberingIn file: FrameFile?, _ write: (Tensor) throws -> Void
    ) throws {
        onEvent(.stage(.load))
        let decoder = try RunScope.with(stage: Stage.load.rawValue, use: .weights) {
            try LatentDecoder(
                WeightScope(try directory.checkpoint(of: "vae")), config: directory.autoencoder, on: workers)
        }
        onEvent(.stage(.decode))
        try RunScope.with(stage: Stage.decode.rawValue) {
            var index = 0
            try decoder.decode(latent, rememberingIn: file) { picture in
                try write(picture)
                onEvent(.frame(index: index, count: frames))
                index += 1
            }
        }
        try workers.checkCancellation()
    }

    private func clipSize(of latent: [Int]) -> (width: Int, height: Int, frames: Int) {
        let autoencoder = directory.autoencoder
        return (
            latent[3] * autoencoder.spatialFactor, latent[2] * autoencoder.spatialFactor,
            (latent[1] - 1) * autoencoder.temporalFactor + 1
        )
    }
}

extension DecodingRun {
    /// The cheapest savings under which the run stays below the cap.
    ///
    /// - Throws: ``MemoryError/capTooSmall(cap:smallest:stage:)``
    func fitted() throws -> DecodingRun {
        guard let cap = options.savings == nil ? options.maxMemory : Int.max else { return self }
        var smallest = Int.max
        let choices = options.savings.map { [$0] } ?? MemorySavings.choices.filter { !$0.streamsWeights }
        for savings in choices {
            var run = self
            run.savings = savings
            let (tensorBytes, library, fileBytes) = try run.rehearsed()
            run.fileBytes = fileBytes
            if tensorBytes + library.bytes <= cap { return run }
            smallest = min(smallest, tensorBytes + library.bytes)
        }
        throw MemoryError.capTooSmall(cap: cap, smallest: smallest, stage: .decode)
    }

    private func rehearsed() throws -> (tensorBytes: Int, library: LibraryMemory, fileBytes: Int) {
        let silent = DecodingRun(
            directory: directory, latents: latents, output: output, framesPerSecond: framesPerSecond,
            options: options, savings: savings, workers: workers, onEvent: { _ in })
        return try silent.rehearse()
    }
}
