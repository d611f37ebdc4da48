import CKernels
import Kernels
import Tensors
import TestSupport
import Testing

@Suite struct Int8ProductTests {
    private let workers = Workers(threads: 2)

    private func product(
        _ x: Tensor, _ weight: StoredTensor, bias: Tensor?, activation: Activation = .none,
        on workers: Workers = Workers(threads: 2)
    ) -> Tensor {
        let weight = ProductWeight(weight, precision: .int8, on: workers)
        return linear(
            weight.rows(of: x, on: workers), weight, bias: bias, activation: activation, on: workers)
    }

    /// Around the edges of panels, blocks, tasks and groups of four.
    @Test(arguments: [1, 11, 12, 13, 240, 241], [1, 31, 32, 33, 256, 257])
    func matchesRoundedOperands(rows: Int, columns: Int) {
        for depth in [1, 3, 4, 15, 16, 17, 67] {
            let x = seeded([rows, depth], seed: 2)
            let weight = seeded([columns, depth], seed: 3)
            let bias = seeded([columns], seed: 4)
            let expected = Reference.int8Linear(x, weight, bias: bias)
            let found = product(x, stored(weight, as: .float32), bias: bias)
            #expect(relativeError(found, expected) <= 2e-6, "depth \(depth)")
        }
    }

    @Test func comesNearTheProductOfFloats() {
        let (x, weight, bias) = (
            seeded([50, 512], seed: 2), seeded([64, 512], seed: 3), seeded([64], seed: 4)
        )
        let exact = Reference.linear(x, weight, bias: bias)
        #expect(relativeError(product(x, stored(weight, as: .bfloat16), bias: bias), exact) <= 0.01)
    }

    @Test func endingsAreAppliedToTheProduct() {
        let (x, weight) = (seeded([30, 20], seed: 2), seeded([40, 20], seed: 3))
        let (bias, gate) = (seeded([40], seed: 4), seeded([40], seed: 5))
        let plain = Reference.int8Linear(x, weight, bias: bias)
        let activated = product(x, stored(weight, as: .float32), bias: bias, activation: .gelu)
        #expect(relativeError(activated, Reference.gelu(plain)) <= 2e-6)
        let quantised = ProductWeight(stored(weight, as: .float32), precision: .int8, on: workers)
        for gate in [gate, nil] {
            let base = seeded([32, 40], seed: 6)
            var sum = base
            sum.addProduct(
                of: quantised.rows(of: x, on: workers), quantised, bias: bias, gate: gate, fromRow: 2,
                on: workers)
            #expect(relativeError(sum, Reference.sum(base, plain, gate: gate, fromRow: 2)) <= 2e-6)
        }
    }

    @Test func whatIsNotFiniteIsNotHidden() {
        let weight = stored(seeded([33, 20], seed: 3), as: .float32)
        for bad in [Float.nan, .infinity, -.infinity] {
            var values = seeded([14, 20]).values
            values[13 * 20 + 19] = bad
            let found = product(Tensor(values, shape: [14, 20]), weight, bias: nil).values
            #expect(found[13 * 33..<14 * 33].allSatisfy { $0.isNaN })
            #expect(found[..<(13 * 33)].allSatisfy { $0.isFinite })
        }
        var weights = seeded([33, 20], seed: 3).values
        weights[32 * 20] = .nan
        let found = product(
            seeded([2, 20]), stored(Tensor(weights, shape: [33, 20]), as: .float32), bias: nil)
        #expect((0..<2).allSatisfy { found.values[$0 * 33 + 32].isNaN && found.values[$0 * 33].isFinite })
    }

    @Test func zerosAndTinyValuesGiveZeros() {
        let weight = stored(seeded([5, 8], seed: 3), as: .float32)
        for value in [Float(0), .leastNonzeroMagnitude, .leastNormalMagnitude] {
            let found = product(Tensor(repeating: value, shape: [2, 8]), weight, bias: nil)
            #expect(found.values.allSatisfy { $0 == 0 })
        }
    }

    @Test func anyNumberOfThreadsGivesTheSameBytes() {
        let (x, weight) = (seeded([500, 64], seed: 2), stored(seeded([600, 64], seed: 3), as: .float32))
        let one = product(x, weight, bias: nil, on: Workers(threads: 1))
        #expect(one.values == product(x, weight, bias: nil, on: Workers(threads: 2)).values)
        #expect(one.values == product(x, weight, bias: nil, on: Workers(threads: 5)).values)
    }

    /// Integers are the same at every level, so results are but for the rounding of the last step.
    @Test(arguments: [1, 4, 5, 63, 64, 200])
    func everyLevelSumsTheSameIntegers(depth: Int) {
        let (x, weight) = (seeded([13, depth], seed: 2).values, seeded([45, depth], seed: 3).values)
        let results = kernelLevels().map { product(of: $0, x, weight, depth: depth) }
        for result in results.dropFirst() {
            #expect(zip(result, results[0]).allSatisfy { abs($0 - $1) <= 1e-6 * max(1, abs($1)) })
        }
        #expect(results[0].contains { $0 != 0 })
    }

    /// 13 rows and 45 columns through one level's own functions.
    private func product(of level: ckernels_table, _ x: [Float], _ weight: [Float], depth: Int) -> [Float] {
        let groups = (depth + 3) / 4
        let panels = Block<UInt8>(2 * 12 * groups * 4), rowScales = Block<Float>(13)
        let blocks = Block<Int8>(2 * 32 * groups * 4), columnScales = Block<Float>(64),
            sums = Block<Int32>(64)
        let (rows, columns, result) = (Block(x), Block(weight), Block<Float>(13 * 45))
        for row in 0..<13 {
            let place = row / 12 * 12 * groups * 4 + row % 12 * 4
            rowScales.start[row] = level.quantise_row(
                rows.start + row * depth, depth, panels.start + place)
        }
        for column in 0..<45 {
            let place = column / 32 * 32 * groups * 4 + column % 32 * 4
            columnScales.start[column] = level.quantise_column(
                columns.start + column * depth, depth, blocks.start + place, sums.start + column)
        }
        var product = ckernels_int8_product(
            panels: panels.start, row_scales: rowScales.start, blocks: blocks.start,
            column_scales: columnScales.start, column_sums: sums.start, depth: depth,
            ending: ckernels_product_ending(
                result: result.start, stride: 45, bias: nil, gate: nil, finish: Int32(CKERNELS_FINISH_STORE)))
        level.multiply_int8(&product, 0, 13, 0, 45)
        return withExtendedLifetime((panels, rowScales, blocks, columnScales, sums, rows, columns)) {
            Array(UnsafeBufferPointer(start: result.start, count: 13 * 45))
        }
    }
}
