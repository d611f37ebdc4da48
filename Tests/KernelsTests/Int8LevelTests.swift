import CKernels
import Tensors
import TestSupport
import Testing

/// Each level's own functions in 8 bits, those of the fastest included.
@Suite struct Int8LevelTests {
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

    /// Whole numbers up to 127, which no rounding changes, deeper than what AMX sums at a time.
    @Test(arguments: [2048, 2049, 4200], [13, 65]) func deepSumsAreExact(depth: Int, rows: Int) {
        func whole(_ count: Int, _ factor: Int) -> [Int] {
            (0..<count * depth).map { $0 % depth == 0 ? 127 : ($0 * factor >> 7) % 255 - 127 }
        }
        let (x, weight) = (whole(rows, 40503), whole(45, 30011))
        let expected = (0..<rows * 45).map { place in
            let (row, column) = (place / 45 * depth, place % 45 * depth)
            return Float((0..<depth).reduce(0) { $0 + x[row + $1] * weight[column + $1] })
        }
        for level in kernelLevels() {
            let found = product(of: level, x.map(Float.init), weight.map(Float.init), depth: depth)
            #expect(found == expected, "\(String(cString: level.name))")
        }
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
        let (count, panel) = (x.count / depth, Int(level.int8_panel))
        let groups = up(depth, Int(level.int8_group)) / 4
        let whole = up(count, Int(level.int8_rows))
        let panels = Block<UInt8>(whole * groups * 4), rowScales = Block<Float>(count)
        let blocks = Block<Int8>(2 * 32 * groups * 4), columnScales = Block<Float>(64),
            sums = Block<Int32>(64)
        let (rows, columns, result) = (Block(x), Block(weight), Block<Float>(count * 45))
        for row in 0..<count {
            let place = row / panel * panel * groups * 4 + row % panel * Int(level.int8_group)
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
        let squares = Block<Int32>(level.keeps_int8_sums != 0 ? whole * 64 : 0)
        level.multiply_int8(&product, 0, count, 0, 45, squares.start)
        return withExtendedLifetime((panels, rowScales, blocks, columnScales, sums, rows, columns, squares)) {
            Array(UnsafeBufferPointer(start: result.start, count: count * 45))
        }
    }

    /// One head through each level, around the edges of panels, blocks and tiles, with room to the value.
    @Test(arguments: [1, 3, 31, 33, 64, 513, 1030], [8, 30, 64, 128])
    func everyLevelAttendsAlike(keys: Int, width: Int) {
        for queries in [1, 12, 13, 33, 65] {
            let (q, k, v) = (
                seeded([queries, width], seed: 5), seeded([keys, width], seed: 6),
                seeded([keys, width], seed: 7)
            )
            let expected = Reference.int8Attention(q, k, v, heads: 1, scale: 0.3, tile: 512)
            for level in kernelLevels() {
                let error = relativeError(answers(of: level, q, k, v), expected)
                #expect(error <= 1e-3, "\(String(cString: level.name)), \(queries) queries: \(error)")
            }
        }
    }

    private func answers(of level: ckernels_table, _ q: Tensor, _ k: Tensor, _ v: Tensor) -> Tensor {
        let (queries, keys, width) = (q.shape[0], k.shape[0], q.shape[1])
        let (places, unit, pitch) = (up(keys, 32), Int(level.int8_group), up(width, 32))
        let depth = up(width, unit)
        let packedKeys = Block<Int8>(places * depth), keyScales = Block<Float>(places)
        let keySums = Block<Int32>(places)
        let packedValues = Block<Int8>(pitch * up(keys, unit)), valueScales = Block<Float>(pitch)
        let (query, key, value) = (Block(q.values), Block(k.values), Block(v.values))
        let result = Block<Float>(queries * width)
        let span = Block([ckernels_key_span(first: 0, count: keys)])
        var head = ckernels_int8_head(
            keys: packedKeys.start, key_scales: keyScales.start, key_sums: keySums.start,
            values: packedValues.start, value_scales: valueScales.start)
        let run = [ckernels_key_run(first: 0, count: keys, place: 0)]
        let means = Block<Float>(2 * width)
        level.pack_int8(&head, key.start, value.start, width, run, 1, keys, width, means.start)
        var one = ckernels_attention()
        (one.query, one.result, one.stride) = (UnsafePointer(query.start), result.start, width)
        (one.keys, one.width, one.scale, one.keys_at_once) = (keys, width, 0.3, 512)
        (one.spans, one.span_count) = (UnsafePointer(span.start), 1)
        one.int8 = head
        let widened = level.widens_int8 != 0 ? 64 + 2 * min(512, places) * (depth + pitch) : 0
        let count = up(queries, Int(level.int8_rows)) * (depth + pitch + 3) + widened / 4
        // What it was before must not matter, and what stands behind it stays.
        let scratch = Block([Float](repeating: .nan, count: count) + [7])
        level.attend_int8(&one, 0, queries, scratch.start)
        #expect(scratch.start[count] == 7)
        return withExtendedLifetime(
            (packedKeys, keyScales, keySums, packedValues, valueScales, query, key, value, span, means)
        ) {
            Tensor(
                Array(UnsafeBufferPointer(start: result.start, count: queries * width)),
                shape: [queries, width])
        }
    }
}

private func up(_ count: Int, _ unit: Int) -> Int { (count + unit - 1) / unit * unit }
