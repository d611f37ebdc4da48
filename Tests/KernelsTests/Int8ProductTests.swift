import Kernels
import Tensors
import TestSupport
import Testing

@Suite struct Int8ProductTests {
    /// Around the edges of panels, blocks, tasks and groups of four.
    @Test(arguments: [1, 11, 12, 13, 240, 241], [1, 31, 32, 33, 256, 257])
    func matchesRoundedOperands(rows: Int, columns: Int) {
        for depth in [1, 3, 4, 15, 16, 17, 67] {
            let x = seeded([rows, depth], seed: 2)
            let weight = seeded([columns, depth], seed: 3)
            let bias = seeded([columns], seed: 4)
            let expected = Reference.int8Linear(x, weight, bias: bias)
            let found = narrowProduct(x, stored(weight, as: .float32), bias: bias, .int8)
            #expect(relativeError(found, expected) <= 2e-6, "depth \(depth)")
        }
    }

    @Test func comesNearTheProductOfFloats() {
        let (x, weight, bias) = (
            seeded([50, 512], seed: 2), seeded([64, 512], seed: 3), seeded([64], seed: 4)
        )
        let exact = Reference.linear(x, weight, bias: bias)
        #expect(
            relativeError(narrowProduct(x, stored(weight, as: .bfloat16), bias: bias, .int8), exact) <= 0.01)
    }
}
