import Kernels
import Tensors
import TestSupport
import Testing

/// A linear layer whose weight was rounded to a narrow format.
func narrowProduct(
    _ x: Tensor, _ weight: StoredTensor, bias: Tensor? = nil, activation: Activation = .none,
    _ precision: Precision, on workers: Workers = Workers(threads: 2)
) -> Tensor {
    let weight = ProductWeight(weight, precision: precision, on: workers)
    return linear(
        weight.rows(of: x, on: workers), weight, bias: bias, activation: activation, on: workers)
}

/// What products in half and in 8 bits have in common.
@Suite struct NarrowProductTests {
    private static let precisions = [Precision.float16, .int8]

    @Test(arguments: precisions) func endingsAreAppliedToTheProduct(precision: Precision) {
        let (x, weight) = (seeded([30, 20], seed: 2), seeded([40, 20], seed: 3))
        let (bias, gate) = (seeded([40], seed: 4), seeded([40], seed: 5))
        let bound = precision == .int8 ? 2e-6 : 4 * halfTolerance
        let plain =
            precision == .int8
            ? Reference.int8Linear(x, weight, bias: bias) : Reference.halfLinear(x, weight, bias: bias)
        let stored = stored(weight, as: .float32)
        let activated = narrowProduct(x, stored, bias: bias, activation: .gelu, precision)
        #expect(relativeError(activated, Reference.gelu(plain)) <= bound)
        let workers = Workers(threads: 2)
        let narrow = ProductWeight(stored, precision: precision, on: workers)
        for gate in [gate, nil] {
            let base = seeded([32, 40], seed: 6)
            var sum = base
            sum.addProduct(
                of: narrow.rows(of: x, on: workers), narrow, bias: bias, gate: gate, fromRow: 2, on: workers)
            #expect(relativeError(sum, Reference.sum(base, plain, gate: gate, fromRow: 2)) <= bound)
        }
    }

    @Test(arguments: precisions) func whatIsNotFiniteIsNotHidden(precision: Precision) {
        let weight = stored(seeded([33, 20], seed: 3), as: .float32)
        for bad in [Float.nan, .infinity, -.infinity] {
            var values = seeded([14, 20]).values
            values[13 * 20 + 19] = bad
            let found = narrowProduct(Tensor(values, shape: [14, 20]), weight, precision).values
            // In 8 bits a row has no scale then; in half infinity stays infinity.
            let row = found[13 * 33..<14 * 33]
            #expect(row.allSatisfy { precision == .int8 || bad.isNaN ? $0.isNaN : !$0.isFinite })
            #expect(found[..<(13 * 33)].allSatisfy { $0.isFinite })
        }
        var weights = seeded([33, 20], seed: 3).values
        weights[32 * 20] = .nan
        let found = narrowProduct(
            seeded([2, 20]), stored(Tensor(weights, shape: [33, 20]), as: .float32), precision)
        #expect((0..<2).allSatisfy { found.values[$0 * 33 + 32].isNaN && found.values[$0 * 33].isFinite })
    }

    @Test(arguments: precisions) func zerosAndTinyValuesGiveZeros(precision: Precision) {
        let weight = stored(seeded([5, 8], seed: 3), as: .float32)
        let tiny = [Float(0), .leastNonzeroMagnitude] + (precision == .int8 ? [.leastNormalMagnitude] : [])
        for value in tiny {
            let found = narrowProduct(Tensor(repeating: value, shape: [2, 8]), weight, precision)
            #expect(found.values.allSatisfy { abs($0) <= (precision == .int8 ? 0 : 1e-40) })
        }
    }

    @Test(arguments: precisions) func anyNumberOfThreadsGivesTheSameBytes(precision: Precision) {
        let (x, weight) = (seeded([500, 64], seed: 2), stored(seeded([600, 64], seed: 3), as: .float32))
        let one = narrowProduct(x, weight, precision, on: Workers(threads: 1))
        for threads in [2, 5] {
            #expect(one.values == narrowProduct(x, weight, precision, on: Workers(threads: threads)).values)
        }
    }
}
