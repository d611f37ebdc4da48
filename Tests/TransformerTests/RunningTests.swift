import Tensors
import TestSupport
import Testing
import Transformer

@Suite struct RunningTests {
    /// Large enough for several tiles of every kernel: 936 tokens.
    private static let latent = seeded([16, 6, 24, 26])

    private func velocity(_ name: String, on workers: Workers, feedForwardRows: Int = 1024) throws -> Tensor {
        var settings = TransformerSettings()
        settings.feedForwardRows = feedForwardRows
        return try GoldenTransformer(name, latent: Self.latent, settings: settings, on: workers).velocity()
    }

    @Test(arguments: ["patch-1x2x2", "full-context-bf16", "head-64-fp16"])
    func bytesDoNotDependOnTheNumberOfThreads(name: String) throws {
        let one = try velocity(name, on: Workers(threads: 1)).values
        for threads in [2, 5] {
            #expect(try velocity(name, on: Workers(threads: threads)).values == one, "\(threads) threads")
        }
    }

    @Test(arguments: [1, 256, 935, 936, 937])
    func feedForwardInRunsIsTheSame(rows: Int) throws {
        let workers = Workers(threads: 2)
        let whole = try velocity("patch-1x2x2", on: workers, feedForwardRows: 5000)
        let inRuns = try velocity("patch-1x2x2", on: workers, feedForwardRows: rows)
        #expect(relativeError(inRuns, whole) <= 2e-6)
    }

    @Test func theInputIsNotChanged() throws {
        let golden = try GoldenTransformer("patch-1x1x1")  // the model whose cross-attention takes x itself
        let before = golden.latent.values
        let first = try golden.velocity()
        #expect(golden.latent.values == before)
        #expect(try golden.velocity().values == first.values)
    }

    @Test func aCancelledRunThrowsInEveryPart() throws {
        let workers = Workers(threads: 2)
        let golden = try GoldenTransformer("patch-1x2x2", on: workers)
        let block = golden.model.blocks[0]
        let time = golden.model.conditionEmbedder.time(golden.timestep)
        let memory = try golden.memory().blocks[0]
        var x = try golden.expected("patch_embedding")
        workers.cancel()
        #expect(throws: CancellationError.self) { try golden.velocity() }
        #expect(throws: CancellationError.self) { try golden.memory() }
        #expect(throws: CancellationError.self) { try block(&x, at: time, over: memory, rope: golden.rope) }
        let tokens = x
        #expect(throws: CancellationError.self) {
            try block.selfAttention(tokens, rope: golden.rope, addedTo: &x, gatedBy: nil)
        }
        #expect(throws: CancellationError.self) {
            try block.crossAttention(tokens, over: memory, addedTo: &x)
        }
        #expect(throws: CancellationError.self) {
            try block.feedForward(tokens, addedTo: &x, gatedBy: nil)
        }
    }

    /// What changes is rounding to half or to 8 bits: small, but there.
    @Test(
        arguments: ["patch-1x2x2", "full-context-bf16", "head-64-fp16", "image-encoder"],
        [Precision.float16, .int8])
    func narrowFormatsComeNearDiffusers(name: String, precision: Precision) throws {
        let golden = try GoldenTransformer(name, settings: TransformerSettings(precision: precision))
        let error = relativeError(try golden.velocity(), try golden.expected("velocity"))
        let range = precision == .int8 ? 1e-4...0.03 : 1e-5...0.002
        #expect(range.contains(error), "relative L2 \(error)")
    }

    @Test func aTimeBecomesCosinesAndThenSines() {
        let values = sinusoid(of: 2, width: 4).values
        #expect(
            zip(values, [-0.416_146_84, 0.999_800_01, 0.909_297_43, 0.019_998_67]).allSatisfy {
                abs($0 - $1) < 1e-7
            })
    }
}
