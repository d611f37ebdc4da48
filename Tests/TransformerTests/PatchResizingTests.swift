import Checkpoints
import Foundation
import Patching
import Tensors
import TestSupport
import Testing
import Transformer

/// Ends of patch sizes that a model was not trained with, against numpy's pseudo-inverse and by what they promise.
@Suite struct PatchResizingTests {
    private static let base = PatchSize(time: 2, height: 3, width: 4)
    private static let goldenSizes = ["2x3x4", "1x1x1", "4x6x8", "3x2x5", "1x5x4", "2x4x3", "6x7x1"]

    private func expected(_ name: String) throws -> Tensor {
        try Goldens.tensor("patch-resizing/base-2x3x4/expected.safetensors", name)
    }

    private func tensor(_ matrix: ResizeMatrix) -> Tensor {
        Tensor(matrix.values.map { Float($0) }, shape: [matrix.rows, matrix.columns])
    }

    @Test(arguments: [(7, 16), (16, 7), (5, 6), (6, 5), (1, 9), (9, 1), (63, 64), (64, 63)])
    func matricesAreThoseOfTorchAndNumpy(columns: Int, rows: Int) throws {
        let matrix = ResizeMatrix(from: columns, to: rows)
        let (forward, inverse) = (
            try expected("matrix.\(columns).\(rows)"), try expected("inverse.\(columns).\(rows)")
        )
        #expect(relativeError(tensor(matrix), forward) <= 1e-6)
        #expect(relativeError(tensor(matrix.pseudoInverse), inverse) <= 1e-6)
    }

    /// `B B⁺ B = B` and `B⁺ B B⁺ = B⁺`, both products symmetric: Penrose's four conditions, for every pair of sides.
    @Test func everyPairOfSidesHasItsPseudoInverse() {
        for columns in 1...64 {
            for rows in Set([1, 2, 3, columns - 1, columns, columns + 1, 2 * columns, 64])
            where rows >= 1 && rows <= 64 {
                let matrix = ResizeMatrix(from: columns, to: rows)
                let inverse = matrix.pseudoInverse
                let (small, large) = rows < columns ? (matrix, inverse) : (inverse, matrix)
                // A full rank makes the product over the longer side the identity, which gives all four.
                let largest = (0..<small.rows).flatMap { row in
                    (0..<large.columns).map { column in
                        let sum = (0..<small.columns).reduce(0) { $0 + small[row, $1] * large[$1, column] }
                        return abs(sum - (row == column ? 1 : 0))
                    }
                }.reduce(0) { $0.isNaN || $1.isNaN ? .infinity : max($0, $1) }
                #expect(largest <= 1e-9, "\(columns) to \(rows)")
            }
        }
    }

    @Test(arguments: goldenSizes)
    func endsAreThoseOfNumpy(name: String) throws {
        let resizing = PatchResizing(from: Self.base, to: try #require(PatchSize(name)))
        let embedding = resizing.embedding(try expected("embedding"))
        #expect(relativeError(embedding, try expected("embedding.\(name)")) <= 1e-6)
        for part in ["weight", "bias"] {
            let found = resizing.projection(try expected("projection.\(part)"))
            #expect(relativeError(found, try expected("projection.\(part).\(name)")) <= 1e-6)
        }
    }

    @Test func theSameSizeHasTheSameWeights() throws {
        let resizing = PatchResizing(from: Self.base, to: Self.base)
        let (embedding, projection) = (try expected("embedding"), try expected("projection.weight"))
        #expect(largestDifference(resizing.embedding(embedding), embedding) <= 1e-6)
        #expect(largestDifference(resizing.projection(projection), projection) == 0)
    }

    private static let modelSizes = ["1x4x4", "1x2x3", "2x4x4", "3x5x7"].compactMap { PatchSize($0) }

    private func model() throws -> DiT {
        let directory = Goldens.url("transformer/patch-1x2x2")
        let config = try readConfig(DiTConfig.self, at: directory.appendingPathComponent("config.json"))
        return try DiT(
            WeightScope(try Checkpoint(component: directory)), config: config,
            resizedSizes: Self.modelSizes, on: Workers(threads: 2))
    }

    /// A patch that was made larger gives the token of the one that it was made of, a constant one among them.
    @Test(arguments: modelSizes)
    func aResizedPatchGivesTheSameToken(patch: PatchSize) throws {
        let model = try model()
        let (channels, base) = (model.config.inputChannels, model.config.patch)
        for pixels in [Tensor(repeating: 0.7, shape: [channels, 1, 2, 2]), seeded([channels, 1, 2, 2])] {
            let resized = upsized(pixels, from: base, to: patch)
            let small = model.ends(of: base).embed(pixels.reshaped(to: [1, channels * base.cells]))
            let large = model.ends(of: patch).embed(resized.reshaped(to: [1, channels * patch.cells]))
            #expect(relativeError(large, small) <= 1e-5, "\(patch)")
        }
        #expect(model.ends(of: patch).marker == nil)
    }

    /// The velocity of a token is the base's, made larger in the same way.
    @Test(arguments: modelSizes)
    func theVelocityIsTheBasesMadeLarger(patch: PatchSize) throws {
        let model = try model()
        let (channels, base) = (model.config.outputChannels, model.config.patch)
        let token = seeded([1, model.config.width])
        let small = grid(base).unpatchify(model.ends(of: base).project(token))
        let large = grid(patch).unpatchify(model.ends(of: patch).project(token))
        let expected = upsized(small.reshaped(to: [channels] + base.axes), from: base, to: patch)
        #expect(relativeError(large, expected) <= 1e-5)
    }

    private func grid(_ patch: PatchSize) -> Patchifier {
        Patchifier(patch, frames: patch.time, height: patch.height, width: patch.width)
    }

    /// Linear interpolation cell by cell, `[channels, t, h, w]`; for sizes that do not become smaller.
    private func upsized(_ pixels: Tensor, from base: PatchSize, to patch: PatchSize) -> Tensor {
        func places(_ columns: Int, _ rows: Int) -> [[(Int, Float)]] {
            (0..<rows).map { row in
                let center = (Float(row) + 0.5) * Float(columns) / Float(rows) - 0.5
                let place = min(max(center, 0), Float(columns - 1))
                let left = min(Int(place), max(0, columns - 2))
                let share = place - Float(left)
                return columns == 1 ? [(0, 1)] : [(left, 1 - share), (left + 1, share)]
            }
        }
        let axes = zip(base.axes, patch.axes).map { places($0, $1) }
        let (values, channels) = (pixels.values, pixels.shape[0])
        var resized: [Float] = []
        for channel in 0..<channels {
            for t in axes[0] {
                for h in axes[1] {
                    for w in axes[2] {
                        var sum: Float = 0
                        for (i, a) in t {
                            for (j, b) in h {
                                for (k, c) in w {
                                    let row = (channel * base.time + i) * base.height + j
                                    sum += a * b * c * values[row * base.width + k]
                                }
                            }
                        }
                        resized.append(sum)
                    }
                }
            }
        }
        return Tensor(resized, shape: [channels] + patch.axes)
    }
}
