import Patching
import Tensors
import TestSupport
import Testing
import Transformer

/// Prompts that are followed by zeros: the rows stand once, the result is that of all rows.
@Suite struct PromptMemoryTests {
    /// `rows` rows of text, then zeros up to 512; `tail` is added to each zero row so that none repeats.
    private func context(rows: Int, width: Int, tail: Float = 0) -> Tensor {
        let text = seeded([rows, width], seed: 21)
        let padding = (0..<512 - rows).map { Tensor(repeating: tail * Float($0 + 1), shape: [1, width]) }
        return Tensor.concatenated([text] + padding)
    }

    private func velocity(_ golden: GoldenTransformer, given context: Tensor) throws -> Tensor {
        let layout = TokenLayout(golden.patchifier.grid, rope: golden.rope)
        let tokens = golden.patchifier.patchify(golden.latent)
        let memory = try golden.model.remember(context, image: golden.image)
        return try golden.model(tokens, in: layout, at: golden.timestep, given: memory)
    }

    /// Rows that differ in the last bit only cannot be merged, and hardly change the velocity.
    @Test(arguments: [1, 2, 20, 511])
    func mergedRowsGiveWhatAllRowsGive(rows: Int) throws {
        let golden = try GoldenTransformer("patch-1x2x2")
        let width = golden.model.config.textWidth
        let merged = try velocity(golden, given: context(rows: rows, width: width))
        let apart = try velocity(golden, given: context(rows: rows, width: width, tail: 1e-12))
        #expect(relativeError(merged, apart) <= 2e-6)
        let other = try velocity(golden, given: context(rows: rows, width: width).rows(0..<rows))
        // The zeros do count, and what comes without them is a velocity too, not NaN.
        if rows < 511 { #expect((1e-4...10).contains(relativeError(other, apart))) }
    }

    @Test func aContextOfEqualRowsAndOneOfASingleRowWork() throws {
        let golden = try GoldenTransformer("patch-1x2x2")
        let row = seeded([1, golden.model.config.textWidth], seed: 3)
        let many = try velocity(golden, given: Tensor.concatenated(Array(repeating: row, count: 512)))
        #expect(relativeError(many, try velocity(golden, given: row)) <= 2e-6)
    }

    @Test func notANumberIsNotMergedAway() throws {
        let golden = try GoldenTransformer("patch-1x2x2")
        let width = golden.model.config.textWidth
        let broken = Tensor(repeating: .nan, shape: [512, width])
        #expect(try velocity(golden, given: broken).values.contains { $0.isNaN })
    }
}
