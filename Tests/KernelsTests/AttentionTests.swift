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

    @Test func tilesDoNotDependOnThreads() {
        let q = seeded([300, 64], seed: 5)
        let one = attention(q, q, q, heads: 4, scale: 0.25, on: Workers(threads: 1))
        let three = attention(q, q, q, heads: 4, scale: 0.25, on: Workers(threads: 3))
        #expect(one.values == three.values)
    }
}
