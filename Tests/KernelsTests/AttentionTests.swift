import Foundation
import Kernels
import Tensors
import TestSupport
import Testing

@Suite struct AttentionTests {
    @Test(arguments: [1, 127, 129], [1, 511, 513, 1030])
    func tiledMatchesReference(queries: Int, keys: Int) {
        let q = seeded([queries, 48], seed: 5)
        let k = seeded([keys, 48], seed: 6)
        let v = seeded([keys, 48], seed: 7)
        let found = attention(q, k, v, heads: 2, scale: 0.3, on: Workers(threads: 2))
        #expect(relativeError(found, Reference.attention(q, k, v, heads: 2, scale: 0.3)) <= 2e-6)
    }

    @Test(arguments: [1, 15, 16, 17, 600])
    func biasIsAddedToTheScores(length: Int) {
        let q = seeded([length, 24], seed: 5)
        let bias = seeded([3, length, length], seed: 9)
        let found = attention(q, q, q, heads: 3, scale: 1, bias: bias, on: Workers(threads: 2))
        #expect(relativeError(found, Reference.attention(q, q, q, heads: 3, scale: 1, bias: bias)) <= 2e-6)
    }

    /// Equal keys may stand once, with the logarithm of their number added to their scores.
    @Test(arguments: [1, 2, 17, 600], [1, 5, 513])
    func aBiasOfLogCountStandsForRepeatedKeys(distinct: Int, repeated: Int) {
        let q = seeded([130, 24], seed: 5)
        let k = seeded([distinct, 24], seed: 6)
        let v = seeded([distinct, 24], seed: 7)
        let copies = { (rows: Tensor) in
            Tensor.concatenated(
                [rows] + Array(repeating: rows.rows(distinct - 1..<distinct), count: repeated - 1))
        }
        var bias = [Float](repeating: 0, count: distinct)
        bias[distinct - 1] = log(Float(repeated))
        let found = attention(
            q, k, v, heads: 3, scale: 0.3, bias: Tensor(bias, shape: [1, 1, distinct]),
            on: Workers(threads: 2))
        let expected = Reference.attention(q, copies(k), copies(v), heads: 3, scale: 0.3)
        #expect(relativeError(found, expected) <= 2e-6)
    }

    static let edges = [1, 11, 12, 13, 97]

    @Test(arguments: edges, [8, 16, 40, 64, 80, 128])
    func everyEdgeMatchesReference(queries: Int, headWidth: Int) {
        for keys in [1, 31, 32, 33, 128, 300] {
            let (q, k, v) = (
                seeded([queries, 2 * headWidth], seed: 5), seeded([keys, 2 * headWidth], seed: 6),
                seeded([keys, 2 * headWidth], seed: 7)
            )
            let found = attention(q, k, v, heads: 2, scale: 0.3, on: Workers(threads: 2))
            let error = relativeError(found, Reference.attention(q, k, v, heads: 2, scale: 0.3))
            #expect(error <= 2e-6, "\(keys) keys: \(error)")
        }
    }

    @Test(arguments: edges, [8, 30, 40, 64, 80, 128])
    func eightBitsMatchRoundedOperands(queries: Int, headWidth: Int) {
        for keys in [1, 3, 31, 33, 511, 513, 700] {
            let (q, k, v) = (
                seeded([queries, 2 * headWidth], seed: 5), seeded([keys, 2 * headWidth], seed: 6),
                seeded([keys, 2 * headWidth], seed: 7)
            )
            let found = attention(
                q, k, v, heads: 2, scale: 0.3, precision: .int8, on: Workers(threads: 2))
            let twin = Reference.int8Attention(q, k, v, heads: 2, scale: 0.3, tile: 512)
            #expect(relativeError(found, twin) <= 1e-3, "\(keys) keys: \(relativeError(found, twin))")
            let exact = Reference.attention(q, k, v, heads: 2, scale: 0.3)
            #expect(relativeError(found, exact) <= 0.03, "\(keys) keys: \(relativeError(found, exact))")
        }
    }

    /// Weights of keys are rounded too, and native sums of 32 products, which the twin leaves out.
    static let halfBound = Machine.multipliesHalf ? 5e-3 : 5e-4

    @Test(arguments: edges, [8, 30, 40, 64, 80, 128])
    func halvesMatchRoundedOperands(queries: Int, headWidth: Int) {
        for keys in [1, 31, 32, 33, 63, 64, 65, 511, 513, 700] {
            let (q, k, v) = (
                seeded([queries, 2 * headWidth], seed: 5), seeded([keys, 2 * headWidth], seed: 6),
                seeded([keys, 2 * headWidth], seed: 7)
            )
            let found = attention(
                q, k, v, heads: 2, scale: 0.3, precision: .float16, on: Workers(threads: 2))
            let twin = Reference.halfAttention(q, k, v, heads: 2, scale: 0.3)
            #expect(
                relativeError(found, twin) <= Self.halfBound, "\(keys) keys: \(relativeError(found, twin))")
        }
    }

    @Test(arguments: [1, 12, 100])
    func halvesTakeABias(length: Int) {
        let q = seeded([length, 24], seed: 5)
        for shape in [[3, length, length], [1, 1, length]] {
            let bias = seeded(shape, seed: 9)
            let found = attention(
                q, q, q, heads: 3, scale: 1, bias: bias, precision: .float16, on: Workers(threads: 2))
            let expected = Reference.halfAttention(q, q, q, heads: 3, scale: 1, bias: bias)
            #expect(relativeError(found, expected) <= Self.halfBound)
        }
    }

    /// Scores beyond half's range, and keys and values beyond it.
    @Test(arguments: [Float(300), 1e6, 1e15])
    func halvesDoNotOverflow(size: Float) {
        let times = { (t: Tensor, factor: Float) in Tensor(t.values.map { $0 * factor }, shape: t.shape) }
        let (q, k, v) = (seeded([40, 64], seed: 5), seeded([90, 64], seed: 6), seeded([90, 64], seed: 7))
        let found = attention(
            times(q, 1 / size), times(k, size * 4), times(v, size), heads: 2, scale: 1, precision: .float16,
            on: Workers(threads: 2))
        let expected = Reference.attention(
            times(q, 1 / size), times(k, size * 4), times(v, size), heads: 2, scale: 1)
        #expect(relativeError(found, expected) <= (Machine.multipliesHalf ? 2e-2 : 5e-3))
        let sharp = attention(
            times(q, size), times(k, size), v, heads: 2, scale: 1, precision: .float16,
            on: Workers(threads: 2))
        #expect(sharp.values.allSatisfy { abs($0) <= 1 })
    }

    @Test(arguments: [0, 1, 2])
    func halvesAndFloatsKeepWhatIsNotFiniteVisible(operand: Int) {
        for bad in [Float.nan, .infinity] {
            var operands = [
                seeded([30, 16], seed: 5), seeded([30, 16], seed: 6), seeded([30, 16], seed: 7),
            ]
            operands[operand].withMutableValues { $0[29 * 16 + 3] = bad }
            let found = attention(
                operands[0], operands[1], operands[2], heads: 2, scale: 1, precision: .float16,
                on: Workers(threads: 1))
            // A key that is infinite may have the score -infinity, which means no weight.
            let plain = Reference.attention(
                operands[0], operands[1], operands[2], heads: 2, scale: 1)
            #expect(found.values.map(\.isFinite) == plain.values.map(\.isFinite))
            #expect(found.values.contains { !$0.isFinite })
            #expect(found.values[29 * 16 + 12].isFinite)
            // In fp32 as well, where the sum of three bfloat16 makes NaN of what would have no weight.
            let wide = attention(
                operands[0], operands[1], operands[2], heads: 2, scale: 1, on: Workers(threads: 1))
            #expect(zip(wide.values, plain.values).allSatisfy { $1.isFinite || !$0.isFinite })
            #expect(wide.values[29 * 16 + 12].isFinite)
        }
    }

    @Test(arguments: [1, 12, 100])
    func eightBitsTakeABias(length: Int) {
        let q = seeded([length, 24], seed: 5)
        for shape in [[3, length, length], [1, 1, length]] {
            let bias = seeded(shape, seed: 9)
            let wide = Tensor(
                shape[0] == 3 ? bias.values : (0..<3 * length).flatMap { _ in bias.values },
                shape: [3, length, length])
            let found = attention(
                q, q, q, heads: 3, scale: 1, bias: bias, precision: .int8, on: Workers(threads: 2))
            let expected = Reference.attention(q, q, q, heads: 3, scale: 1, bias: wide)
            #expect(relativeError(found, expected) <= 0.03)
        }
    }

    /// A common offset of all keys changes no answer, and takes no bits from what tells them apart.
    @Test func eightBitsDoNotSeeAnOffsetOfTheKeys() {
        let (q, k, v) = (seeded([50, 64], seed: 5), seeded([200, 64], seed: 6), seeded([200, 64], seed: 7))
        let far = Tensor(k.values.enumerated().map { $1 + Float($0 % 64) }, shape: k.shape)
        let found = attention(q, far, v, heads: 1, scale: 0.3, precision: .int8, on: Workers(threads: 2))
        #expect(relativeError(found, Reference.attention(q, far, v, heads: 1, scale: 0.3)) <= 0.03)
    }

    /// The key with the largest score has all the weight, of which no rounding of that score makes a 256th part of 255.
    @Test(arguments: [Float(180), 1e3, 1e5, 1e8])
    func eightBitsKeepTheWeightOfLargeScores(size: Float) {
        let v = seeded([40, 40], seed: 7)
        let q = Tensor(
            (0..<1600).map { $0 / 40 == $0 % 40 ? size * (1 + Float($0) / 1777) : 0 }, shape: [40, 40])
        for bias in [nil, Tensor(shape: [1, 40, 40])] {
            let found = attention(
                q, q, v, heads: 1, scale: 1, bias: bias, precision: .int8, on: Workers(threads: 1))
            #expect(relativeError(found, Reference.attention(q, q, v, heads: 1, scale: 1)) <= 0.03)
        }
    }

    @Test(arguments: [0, 1, 2])
    func eightBitsKeepNotANumberVisible(operand: Int) {
        var operands = [seeded([30, 16], seed: 5), seeded([30, 16], seed: 6), seeded([30, 16], seed: 7)]
        operands[operand].withMutableValues { $0[29 * 16 + 3] = .nan }
        let found = attention(
            operands[0], operands[1], operands[2], heads: 2, scale: 1, precision: .int8,
            on: Workers(threads: 1))
        #expect(found.values[29 * 16 + 3].isNaN)
        #expect(found.values[29 * 16 + 12].isFinite)
    }

    @Test func eightBitsKeepABiasThatIsNotANumberVisible() {
        let q = seeded([30, 16], seed: 5)
        var bias = seeded([1, 1, 30], seed: 6)
        bias.withMutableValues { $0[17] = .nan }
        let found = attention(
            q, q, q, heads: 2, scale: 1, bias: bias, precision: .int8, on: Workers(threads: 1))
        #expect(found.values.allSatisfy { $0.isNaN })
    }

    @Test func largeScoresDoNotOverflow() {
        var q = seeded([40, 8], seed: 5)
        q.withMutableValues { values in for index in values.indices { values[index] *= 300 } }
        let found = attention(q, q, q, heads: 1, scale: 1, on: Workers(threads: 1))
        #expect(relativeError(found, Reference.attention(q, q, q, heads: 1, scale: 1)) <= 1e-5)
    }

    @Test func notANumberStaysVisible() {
        var q = seeded([4, 8], seed: 5)
        q.withMutableValues { $0[9] = .nan }
        let found = attention(q, q, q, heads: 1, scale: 1, on: Workers(threads: 1))
        #expect(found.values.contains { $0.isNaN })
    }

    @Test(arguments: Precision.allCases) func tilesDoNotDependOnThreads(precision: Precision) {
        let q = seeded([300, 64], seed: 5)
        let one = attention(q, q, q, heads: 4, scale: 0.25, precision: precision, on: Workers(threads: 1))
        let three = attention(q, q, q, heads: 4, scale: 0.25, precision: precision, on: Workers(threads: 3))
        #expect(one.values == three.values)
    }
}
