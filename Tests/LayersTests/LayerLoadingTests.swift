import Checkpoints
import Layers
import Tensors
import TestSupport
import Testing

/// Layers take their weights by name and compute with them as they lie in the file.
@Suite struct LayerLoadingTests {
    private let directory = TemporaryDirectory()
    private let workers = Workers(threads: 2)

    private func scope(_ tensors: [(String, Tensor)]) throws -> WeightScope {
        let file = directory["weights.safetensors"]
        try SafetensorsWriter.write(tensors, metadata: [:], to: file)
        return WeightScope(try Checkpoint(files: [file]))
    }

    @Test func linearAddsItsBias() throws {
        let weights = try scope([
            ("to_q.weight", Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3])),
            ("to_q.bias", Tensor([10, 20], shape: [2])),
        ])
        let linear = try Linear(weights["to_q"], from: 3, to: 2, on: workers)
        try weights.checkAllUsed()
        #expect(linear(Tensor([1, 0, 0, 1, 1, 1], shape: [2, 3])).values == [11, 24, 16, 35])
    }

    @Test func linearWithoutBiasLeavesOneUnused() throws {
        let weights = try scope([
            ("weight", Tensor([1, 2], shape: [1, 2])), ("bias", Tensor([10], shape: [1])),
        ])
        let linear = try Linear(weights, from: 2, to: 1, bias: false, on: workers)
        #expect(linear(Tensor([1, 1], shape: [1, 2])).values == [3])
        #expect(throws: CheckpointError.self) { try weights.checkAllUsed() }
    }

    @Test func modulatedNormIsTheNormScaledAndShifted() throws {
        let x = seeded([3, 20])
        let (scale, shift) = (seeded([20], seed: 2), seeded([20], seed: 3))
        let weights = try scope([("weight", scale), ("bias", shift)])
        let learned = try LayerNorm(weights, width: 20, epsilon: 1e-6, on: workers)
        let plain = LayerNorm(epsilon: 1e-6, on: workers)
        #expect(learned(x).values == plain(x, scale: scale, shift: shift).values)
        #expect(largestDifference(learned(x), plain(x)) > 0.1)
    }

    @Test func rmsNormOfOnesIsItsWeight() throws {
        let weight = seeded([16])
        let norm = try RMSNorm(scope([("weight", weight)]), width: 16, epsilon: 0, on: workers)
        #expect(
            largestDifference(
                norm(Tensor(repeating: -1, shape: [1, 16])),
                Tensor(weight.values.map { -$0 }, shape: [1, 16])) <= 1e-6)
    }
}
