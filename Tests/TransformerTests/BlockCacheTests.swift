import Patching
import Tensors
import TestSupport
import Testing
import Transformer

/// The transformer with what its blocks added at an earlier step, against the same put together from its parts.
@Suite struct BlockCacheTests {
    private static let steps: [Float] = [900, 880, 860, 840, 500, 490]

    private let golden: GoldenTransformer
    private let tokens: Tensor
    private let layout: TokenLayout

    init() throws {
        golden = try GoldenTransformer("patch-1x2x2", on: Workers(threads: 2))
        tokens = golden.patchifier.patchify(golden.latent)
        layout = TokenLayout(golden.patchifier.grid, rope: golden.rope)
    }

    private func plain(_ timestep: Float) throws -> Tensor {
        try golden.model(tokens, in: layout, at: timestep, given: golden.memory())
    }

    private func cached(_ timestep: Float, _ cache: inout BlockCache, _ rule: BlockSkipping) throws -> Tensor
    {
        try golden.model(
            tokens, in: layout, at: timestep, given: golden.memory(), keeping: &cache, skipping: rule)
    }

    @Test(arguments: [BlockSkipping.never, .below(0)])
    func withNothingSkippedTheBytesArePlain(rule: BlockSkipping) throws {
        var cache = BlockCache()
        for step in Self.steps {
            #expect(try largestDifference(cached(step, &cache, rule), plain(step)) == 0)
            #expect(cache.skipped == 0)
        }
    }

    @Test func aSkippedStepAddsWhatTheBlocksAddedBefore() throws {
        var cache = BlockCache()
        let twin = Twin(golden)
        let (first, others) = try twin.residuals(of: tokens, at: 900, layout)
        _ = try cached(900, &cache, .always)
        for (count, step) in Self.steps.dropFirst().enumerated() {
            let found = try cached(step, &cache, .always)
            let expected = try twin.velocity(of: tokens, at: step, layout, adding: others)
            #expect(relativeError(found, expected) <= 1e-6)
            #expect(relativeError(found, try plain(step)) > 1e-5, "what is added again is not what is due")
            #expect(cache.skipped == count + 1)
        }
        #expect(largestDifference(try #require(cache.first), first) <= 1e-6)
    }

    /// Steps are skipped exactly where the twin's change of the first residual is below the threshold.
    @Test func theFirstResidualDecides() throws {
        let twin = Twin(golden)
        for threshold in [0.001, 0.01, 0.1, 0.3] {
            var cache = BlockCache()
            var kept: Tensor?
            for step in Self.steps {
                let first = try twin.residuals(of: tokens, at: step, layout).first
                let change = kept.map { Twin.change(from: $0, to: first) } ?? .infinity
                #expect(abs(change / threshold - 1) > 1e-3, "no test so near the threshold")
                _ = try cached(step, &cache, .below(threshold))
                #expect((cache.skipped > 0) == (change < threshold), "\(threshold) at \(step)")
                if cache.skipped == 0 { kept = first }
            }
        }
    }

    @Test func anotherPatchSizeVoidsTheCache() throws {
        var cache = BlockCache()
        _ = try cached(900, &cache, .never)
        cache.tokens = "1x4x4"
        #expect(try largestDifference(cached(890, &cache, .always), plain(890)) == 0)
        #expect(cache.tokens == golden.patch.description && cache.skipped == 0)
    }

    @Test func aChangeThatIsNoNumberIsNotSmall() throws {
        var cache = BlockCache()
        _ = try cached(900, &cache, .never)
        let shape = try #require(cache.first?.shape)
        for value in [Float.nan, 0] {
            // Against zeros any change is infinite.
            cache.first = Tensor(repeating: value, shape: shape)
            #expect(try largestDifference(cached(890, &cache, .below(1000)), plain(890)) == 0)
            #expect(cache.skipped == 0)
        }
    }

    @Test func bytesDoNotDependOnTheNumberOfThreads() throws {
        var found: [[Float]] = []
        var skipped: [[Int]] = []
        let latent = seeded([16, 4, 20, 20])  // 400 tokens, of which a task takes 341
        for threads in [1, 2, 5] {
            let golden = try GoldenTransformer(
                "patch-1x2x2", latent: latent, on: Workers(threads: threads))
            let tokens = golden.patchifier.patchify(latent)
            let layout = TokenLayout(golden.patchifier.grid, rope: golden.rope)
            var cache = BlockCache()
            var values: [Float] = []
            skipped.append([])
            for step: Float in [900, 899.5, 500, 499.5] {
                values += try golden.model(
                    tokens, in: layout, at: step, given: golden.memory(), keeping: &cache,
                    skipping: .below(0.3)
                ).values
                skipped[skipped.count - 1].append(cache.skipped)
            }
            found.append(values)
        }
        #expect(skipped[0].contains(0) && skipped[0].contains(1))
        #expect(skipped[1] == skipped[0] && skipped[2] == skipped[0])
        let isSame = found[1] == found[0] && found[2] == found[0]
        #expect(isSame)
    }
}

/// The forward pass in plain loops around the model's own blocks.
private struct Twin {
    let golden: GoldenTransformer

    init(_ golden: GoldenTransformer) { self.golden = golden }

    /// What the first block and what all others add.
    func residuals(of tokens: Tensor, at timestep: Float, _ layout: TokenLayout) throws
        -> (first: Tensor, others: Tensor)
    {
        let (model, memory) = (golden.model, try golden.memory())
        let time = model.conditionEmbedder.time(timestep)
        let start = model.ends(of: layout.patch).embed(tokens)
        var x = start
        try model.blocks[0](&x, at: time, over: memory.blocks[0], rope: layout.rope)
        let middle = x
        for (block, memory) in zip(model.blocks, memory.blocks).dropFirst() {
            try block(&x, at: time, over: memory, rope: layout.rope)
        }
        return (Tensor.sum([(1, middle), (-1, start)]), Tensor.sum([(1, x), (-1, middle)]))
    }

    func velocity(of tokens: Tensor, at timestep: Float, _ layout: TokenLayout, adding others: Tensor) throws
        -> Tensor
    {
        let model = golden.model
        let ends = model.ends(of: layout.patch)
        let time = model.conditionEmbedder.time(timestep)
        var x = ends.embed(tokens)
        try model.blocks[0](&x, at: time, over: golden.memory().blocks[0], rope: layout.rope)
        return ends.project(model.headNorm(Tensor.sum([(1, x), (1, others)]), at: time.embedding))
    }

    static func change(from earlier: Tensor, to found: Tensor) -> Double {
        let change = zip(found.values, earlier.values).reduce(0.0) { $0 + abs(Double($1.0) - Double($1.1)) }
        return change / earlier.values.reduce(0.0) { $0 + abs(Double($1)) }
    }
}
