import Patching
import Tensors
import TestSupport
import Testing
import Transformer

/// Prompts that are followed by zeros: the rows stand once, the result is that of all rows.
@Suite struct PromptMemoryTests {
    /// `rows` rows of text, then zeros up to 512.
    private func context(rows: Int, width: Int) -> Tensor {
        Tensor.concatenated([seeded([rows, width], seed: 21), Tensor(shape: [512 - rows, width])])
    }

    private func velocity(_ golden: GoldenTransformer, given text: Tensor, slots: Int? = nil) throws -> Tensor
    {
        let layout = TokenLayout(golden.patchifier.grid, rope: golden.rope)
        let tokens = golden.patchifier.patchify(golden.latent)
        let memory = try golden.model.remember(text, slots: slots, image: golden.image)
        return try golden.model(tokens, in: layout, at: golden.timestep, given: memory)
    }

    @Test(arguments: [1, 2, 20, 511, 512])
    func mergedRowsGiveWhatAllRowsGive(rows: Int) throws {
        let golden = try GoldenTransformer("patch-1x2x2")
        let width = golden.model.config.textWidth
        let all = context(rows: rows, width: width)
        let merged = try velocity(golden, given: all.rows(0..<rows), slots: 512)
        let apart = try velocity(golden, given: all)
        #expect(relativeError(merged, apart) <= 2e-6)
        let other = try velocity(golden, given: all.rows(0..<rows))
        // The zeros do count, and what comes without them is a velocity too, not NaN.
        if rows < 511 { #expect((1e-4...10).contains(relativeError(other, apart))) }
    }

    @Test func notANumberReachesTheVelocity() throws {
        let golden = try GoldenTransformer("patch-1x2x2")
        let broken = Tensor(repeating: .nan, shape: [3, golden.model.config.textWidth])
        #expect(try velocity(golden, given: broken, slots: 512).values.contains { $0.isNaN })
    }
}
