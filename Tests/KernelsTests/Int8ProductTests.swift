import CKernels
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

    /// Integers are the same at every level, so results are but for the rounding of the last step. Around the edges of what
    /// a level without dot products of bytes widens at a time, 240 rows and 256 values of the depth.
    @Test(arguments: [1, 4, 5, 63, 64, 200, 255, 256, 257, 1031], [13, 253])
    func everyLevelSumsTheSameIntegers(depth: Int, rows: Int) {
        let (x, weight) = (seeded([rows, depth], seed: 2).values, seeded([45, depth], seed: 3).values)
        let results = kernelLevels().map { product(of: $0, x, weight, depth: depth) }
        for result in results.dropFirst() {
            #expect(zip(result, results[0]).allSatisfy { abs($0 - $1) <= 1e-6 * max(1, abs($1)) })
        }
        #expect(results[0].contains { $0 != 0 })
    }

    /// Rows with the largest integers of either sign, whose products no 16 bits hold.
    @Test func largestIntegersAreExact() {
        let (depth, rows) = (600, 13)
        let x = (0..<rows * depth).map { Float($0 / depth % 2 == 0 ? 1 : -1) }
        let weight = (0..<45 * depth).map { Float($0 / depth % 3 == 0 ? -1 : 1) }
        for level in kernelLevels() {
            let result = product(of: level, x, weight, depth: depth)
            for (place, value) in result.enumerated() {
                let sign: Float = (place / 45 % 2 == 0 ? 1 : -1) * (place % 45 % 3 == 0 ? -1 : 1)
                #expect(
                    abs(value - sign * Float(depth)) <= 1e-6 * Float(depth), "\(String(cString: level.name))")
            }
        }
    }

    /// The rows and 45 columns through one level's own functions.
    private func product(of level: ckernels_table, _ x: [Float], _ weight: [Float], depth: Int) -> [Float] {
        let (count, groups) = (x.count / depth, (depth + 3) / 4)
        let panelCount = (count + 11) / 12
        let panels = Block<UInt8>(panelCount * 12 * groups * 4), rowScales = Block<Float>(count)
        let blocks = Block<Int8>(2 * 32 * groups * 4), columnScales = Block<Float>(64),
            sums = Block<Int32>(64)
        let (rows, columns, result) = (Block(x), Block(weight), Block<Float>(count * 45))
        for row in 0..<count {
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
        level.multiply_int8(&product, 0, count, 0, 45)
        return withExtendedLifetime((panels, rowScales, blocks, columnScales, sums, rows, columns)) {
            Array(UnsafeBufferPointer(start: result.start, count: count * 45))
        }
    }
}
