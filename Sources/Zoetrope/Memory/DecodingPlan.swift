internal import LatentDecoding
internal import Layers
internal import Tensors

/// What decoding kept latents would hold and compute, before the decoder is loaded.
public struct DecodingPlan: CostPlan {
    /// Path of the latents.
    public var latents: String
    public var width: Int
    public var height: Int
    public var frames: Int
    public var savings: MemorySavings
    public var peakBytes: Int
    public var libraryBytes: Int
    public var fileBytes: Int
    public var memory: [StageMemory]
    public var operations: [String: [String: Int]]
}

extension VideoGenerator {
    /// Says what ``decode(latents:to:framesPerSecond:options:onEvent:)`` would hold and compute.
    ///
    /// - Parameter options: with ``RunOptions/maxMemory``, the plan under that cap
    /// - Throws: an error that names a file which holds no latents of this model,
    ///   ``MemoryError/capTooSmall(cap:smallest:stage:)``
    public func plan(decoding latents: String, options: RunOptions = RunOptions()) throws -> DecodingPlan {
        try DecodingRun(
            directory: directory, latents: latents, output: "", framesPerSecond: nil, options: options,
            workers: Self.workers(options), onEvent: { _ in }
        ).plan()
    }
}

extension DecodingRun {
    /// The run under the cheapest savings that keep it below its cap.
    ///
    /// - Throws: as ``plan()``
    func fitted() throws -> DecodingRun {
        guard options.savings != nil || options.maxMemory != nil else { return self }
        var run = self
        let plan = try plan()
        (run.savings, run.fileBytes) = (plan.savings, plan.fileBytes)
        return run
    }

    /// - Throws: ``MemoryError/capTooSmall(cap:smallest:stage:)``, or an error that names the latents' file
    func plan() throws -> DecodingPlan {
        let shape = try LatentFile.shape(latents, channels: directory.latentChannels)
        let size = clipSize(of: shape)
        let library = LibraryMemory(
            threads: workers.threads, width: size.width, height: size.height, frames: size.frames)
        // A decoder reads its weights once: there is nothing to stream.
        let choices = options.savings.map { [$0] } ?? MemorySavings.choices.filter { !$0.streamsWeights }
        let cap = options.savings == nil ? options.maxMemory : nil
        return try DecodingPlan.cheapest(under: cap, of: choices) { savings in
            let file = FrameFile(savings, beside: "")
            let books = try rehearse(shape, MemoryLedger(savings, isPlan: true), rememberingIn: file)
            return DecodingPlan(
                latents: latents, width: size.width, height: size.height, frames: size.frames,
                savings: savings, peakBytes: library.bytes + books.peakBytes, libraryBytes: library.bytes,
                fileBytes: file?.mostBytes ?? 0, memory: books.stageMemory, operations: books.operations)
        }
    }
}
