import CKernels
import Kernels
import Tensors
import TestSupport
import Testing

/// How far products of halves may lie from those of the same rounded operands, relative to the sum of all magnitudes.
let halfTolerance = 2e-6

@Suite struct HalfProductTests {
    /// The largest difference, over the largest sum of magnitudes.
    private func error(_ found: Tensor, _ expected: Tensor, _ x: Tensor, _ weight: Tensor) -> Double {
        let magnitudes = { (t: Tensor) in Tensor(t.values.map(abs), shape: t.shape) }
        let zeros = Tensor(shape: [weight.shape[0]])
        let sums = Reference.linear(magnitudes(x), magnitudes(weight), bias: zeros)
        return Double(largestDifference(found, expected)) / Double(sums.values.max() ?? 0)
    }

    /// Around the edges of panels, blocks, tasks, runs of products in half, and parts of the depth.
    @Test(arguments: [1, 11, 12, 13, 240, 241], [1, 31, 32, 33, 64, 65, 256, 257])
    func matchesRoundedOperands(rows: Int, columns: Int) {
        for depth in [1, 15, 16, 17, 31, 32, 33, 67] + (rows * columns < 1000 ? [255, 256, 257, 513] : []) {
            let x = seeded([rows, depth], seed: 2)
            let weight = seeded([columns, depth], seed: 3)
            let bias = seeded([columns], seed: 4)
            let expected = Reference.halfLinear(x, weight, bias: bias)
            let found = narrowProduct(x, stored(weight, as: .float32), bias: bias, .float16)
            #expect(error(found, expected, x, weight) <= halfTolerance, "depth \(depth)")
        }
    }

    @Test(arguments: [ElementType.float32, .bfloat16, .float16])
    func comesNearTheProductOfFloats(type: ElementType) {
        let (x, weight, bias) = (
            seeded([50, 512], seed: 2), stored(seeded([64, 512], seed: 3), as: type), seeded([64], seed: 4)
        )
        let exact = Reference.linear(x, weight.widened(), bias: bias)
        let bound = Machine.multipliesHalf ? 2e-3 : 5e-4
        let error = relativeError(narrowProduct(x, weight, bias: bias, .float16), exact)
        #expect(error > 1e-5 && error <= bound, "\(error)")
    }

    /// Half ends at 65504; each row and each output has a scale, so far larger and smaller values keep their digits. All
    /// products have one sign here, so that sums are as large as they can be.
    @Test(arguments: [Float(1), 65504, 65520, 1e9, 1e30, 1e-9, 1e-30])
    func valuesBeyondTheRangeOfHalfAreScaled(size: Float) {
        let magnitudes = { (t: Tensor) in t.values.map { abs($0) + 0.5 } }
        let x = Tensor(magnitudes(seeded([14, 300], seed: 2)).map { $0 * size }, shape: [14, 300])
        let weight = Tensor(magnitudes(seeded([65, 300], seed: 3)).map { $0 / size }, shape: [65, 300])
        let exact = Reference.linear(x, weight, bias: Tensor(shape: [65]))
        let found = narrowProduct(x, stored(weight, as: .float32), .float16)
        #expect(relativeError(found, exact) <= (Machine.multipliesHalf ? 2e-3 : 3e-4))
    }

    /// A row's scale is its own: a large row takes no digits from a small one.
    @Test func rowsOfDifferentSizesKeepTheirDigits() {
        let weight = seeded([33, 64], seed: 3)
        let rows = seeded([3, 64], seed: 2).values.enumerated().map {
            $1 * [1e-20, 1, 1e20][$0 / 64]
        }
        let x = Tensor(rows, shape: [3, 64])
        let found = narrowProduct(x, stored(weight, as: .float32), .float16)
        let exact = Reference.linear(x, weight, bias: Tensor(shape: [33]))
        for row in 0..<3 {
            let error = relativeError(found.rows(row..<row + 1), exact.rows(row..<row + 1))
            #expect(error <= (Machine.multipliesHalf ? 3e-3 : 6e-4), "row \(row): \(error)")
        }
    }

}
