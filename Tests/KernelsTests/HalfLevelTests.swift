import CKernels
import Tensors
import TestSupport
import Testing

/// Each level's own functions in half, those of the fastest included.
@Suite struct HalfLevelTests {
    /// Every half, the numbers beside it and those halfway to the next one are rounded as Swift rounds them.
    @Test func everyLevelRoundsToTheNearest() {
        let values = (0...UInt16.max).flatMap { bits -> [Float] in
            let half = Float(Float16(bitPattern: bits))
            let next = Float(Float16(bitPattern: bits &+ 1))
            return [half, half.nextUp, half.nextDown, half / 2 + next / 2, half * 4099]
        }
        let expected = values.map { Float16($0) }
        for level in kernelLevels() {
            let place = UnsafeMutablePointer<UInt16>.allocate(capacity: values.count * 32)
            defer { place.deallocate() }
            level.narrow_column(values, values.count, 1, place)
            let wrong = values.indices.filter { index in
                let found = Float16(bitPattern: place[index * 32])
                return found.bitPattern != expected[index].bitPattern
                    && !(found.isNaN && expected[index].isNaN)
            }
            #expect(wrong.isEmpty, "\(String(cString: level.name)): \(wrong.prefix(3).map { values[$0] })")
        }
    }

    /// The largest finite value comes to 8 ... 16, whatever the size, and a scale is a power of two.
    @Test(arguments: [1, 15, 16, 17, 40])
    func scalesBringTheLargestFiniteValueIntoRange(width: Int) {
        for level in kernelLevels() {
            for size: Float in [1, 3e-30, 65504, 3e38] {
                var x = seeded([3 * width], seed: 2).values.map { $0 * size }
                let largest = x.map(abs).max() ?? 0
                let scale = level.half_scale(x, 3, width, width)
                #expect(scale.significand == 1 && largest / scale >= 8 && largest / scale < 16)
                x[width / 2] = .infinity
                x[width / 2 + width] = -.nan
                let rest = x.filter(\.isFinite).map(abs).max() ?? 0
                #expect(rest / level.half_scale(x, 3, width, width) >= 8)
            }
            let none = level.half_scale([Float](repeating: 0, count: width), 1, width, 0)
            #expect(
                none > 0 && none <= level.half_scale([Float](repeating: 1e-25, count: width), 1, width, 0))
        }
    }

    /// Sums in fp32 agree but for their order; where a level multiplies halves, each of 32 additions is rounded to half.
    @Test(arguments: [1, 12, 13, 25], [1, 32, 33, 64, 65, 97])
    func everyLevelComputesTheSameProduct(rows: Int, columns: Int) {
        for depth in [1, 31, 32, 33, 64, 255, 256, 257] {
            let (x, weight) = (seeded([rows, depth], seed: 2), seeded([columns, depth], seed: 3))
            for level in kernelLevels() {
                let expected = Reference.halfLinear(
                    x, weight, bias: Tensor(shape: [columns]), inHalf: level.multiplies_half != 0)
                let found = product(of: level, x, weight)
                let bound = 2e-6 * Double(depth) + 1e-7
                let difference = Double(largestDifference(found, expected))
                #expect(difference <= bound, "\(String(cString: level.name)), depth \(depth): \(difference)")
            }
        }
    }

    private func product(of level: ckernels_table, _ x: Tensor, _ weight: Tensor) -> Tensor {
        let (rows, depth, columns) = (x.shape[0], x.shape[1], weight.shape[0])
        let wide = (columns + 31) / 32 * 32
        let blocks = Block<UInt16>(wide * depth), columnScales = Block<Float>(wide)
        let rowScales = Block<Float>(rows), result = Block<Float>(rows * columns)
        let scratch = Block<Float>((rows + 11) / 12 * 12 * (wide + Int(CKERNELS_HALF_DEPTH)))
        let (values, weights) = (Block(x.values), Block(weight.values))
        for row in 0..<rows {
            rowScales.start[row] = level.half_scale(values.start + row * depth, 1, depth, 0)
        }
        for column in 0..<columns {
            let line = weights.start + column * depth
            columnScales.start[column] = level.half_scale(line, 1, depth, 0)
            level.narrow_column(
                line, depth, columnScales.start[column],
                blocks.start + column / 32 * 32 * depth + column % 32)
        }
        var product = ckernels_half_product(
            rows: values.start, row_scales: rowScales.start, blocks: blocks.start,
            column_scales: columnScales.start, depth: depth,
            ending: ckernels_product_ending(
                result: result.start, stride: columns, bias: nil, gate: nil,
                finish: Int32(CKERNELS_FINISH_STORE)))
        level.multiply_half(&product, 0, rows, 0, columns, scratch.start)
        return withExtendedLifetime((blocks, columnScales, rowScales, scratch, values, weights)) {
            Tensor(
                Array(UnsafeBufferPointer(start: result.start, count: rows * columns)),
                shape: [rows, columns])
        }
    }
}
