import Kernels
import Tensors
import TestSupport
import Testing

/// Attention within reach against plain attention that sees the same keys only, over tiles around the edges of kernels.
@Suite struct AttentionReachTests {
    /// Keys of each tile: multiples of 32, others, one alone, more than are met at a time.
    static let keyCounts = [[32, 64, 96, 32], [31, 33, 1, 64, 12], [600, 5, 512], [7]]
    static let queryCounts = [[12, 96, 1], [130, 11, 64]]

    /// Tile `i` of queries sees every tile but those with the numbers i, i + 3, ..., where any is left.
    private static func seen(_ queryTiles: Int, _ keyTiles: Int) -> [[Int]] {
        (0..<queryTiles).map { tile in
            let others = (0..<keyTiles).filter { $0 % 3 != tile % 3 }
            return others.isEmpty ? Array(0..<keyTiles) : others
        }
    }

    /// The keys of a query, as runs that the kernels take one after another.
    private static func runs(_ queries: [Int], _ keys: [Int], _ seen: [[Int]]) -> [[Range<Int>]] {
        var starts = [0]
        for count in keys { starts.append(starts[starts.count - 1] + count) }
        return zip(queries, seen).flatMap { count, tiles in
            var runs: [Range<Int>] = []
            for tile in tiles {
                let run = starts[tile]..<starts[tile + 1]
                // Tiles are packed from a multiple of 32 on: one behind the other without a gap are one run.
                let isFull = tile > 0 && keys[tile - 1].isMultiple(of: 32)
                if let last = runs.last, last.upperBound == run.lowerBound, isFull {
                    runs[runs.count - 1] = last.lowerBound..<run.upperBound
                } else {
                    runs.append(run)
                }
            }
            return Array(repeating: runs, count: count)
        }
    }

    private struct Case {
        let q, k, v, bias: Tensor
        let reach: AttentionReach
        let runs: [[Range<Int>]]

        init(_ queries: [Int], _ keys: [Int], width: Int) {
            let (queryCount, keyCount) = (queries.reduce(0, +), keys.reduce(0, +))
            q = seeded([queryCount, 2 * width], seed: 5)
            k = seeded([keyCount, 2 * width], seed: 6)
            v = seeded([keyCount, 2 * width], seed: 7)
            bias = seeded([1, 1, keyCount], seed: 8)
            let seen = AttentionReachTests.seen(queries.count, keys.count)
            reach = AttentionReach(queryCounts: queries, keyCounts: keys, seen: seen)
            runs = AttentionReachTests.runs(queries, keys, seen)
        }
    }

    @Test(arguments: queryCounts, keyCounts)
    func matchesAttentionThatSeesTheSameKeys(queries: [Int], keys: [Int]) {
        for width in [8, 40] {
            let one = Case(queries, keys, width: width)
            for bias in [nil, one.bias] {
                let exact = Reference.attention(
                    one.q, one.k, one.v, heads: 2, scale: 0.3, bias: bias, within: one.runs)
                let rounded = Reference.halfAttention(
                    one.q, one.k, one.v, heads: 2, scale: 0.3, bias: bias, within: one.runs)
                for (precision, twin, bound) in [
                    (Precision.float32, exact, 2e-6), (.float16, rounded, AttentionTests.halfBound),
                ] {
                    let found = attention(
                        one.q, one.k, one.v, heads: 2, scale: 0.3, bias: bias, within: one.reach,
                        precision: precision, on: Workers(threads: 2))
                    #expect(relativeError(found, twin) <= bound, "\(precision), width \(width)")
                }
            }
        }
    }

    @Test(arguments: queryCounts, keyCounts)
    func eightBitsMatchRoundedOperands(queries: [Int], keys: [Int]) {
        for width in [8, 40] {
            let one = Case(queries, keys, width: width)
            let found = attention(
                one.q, one.k, one.v, heads: 2, scale: 0.3, within: one.reach, precision: .int8,
                on: Workers(threads: 2))
            let twin = Reference.int8Attention(
                one.q, one.k, one.v, heads: 2, scale: 0.3, tile: 512, within: one.runs)
            #expect(relativeError(found, twin) <= 1e-3, "width \(width)")
            let biased = attention(
                one.q, one.k, one.v, heads: 2, scale: 0.3, bias: one.bias, within: one.reach,
                precision: .int8, on: Workers(threads: 2))
            let exact = Reference.attention(
                one.q, one.k, one.v, heads: 2, scale: 0.3, bias: one.bias, within: one.runs)
            #expect(relativeError(biased, exact) <= 0.03, "width \(width)")
        }
    }

    /// Tiles that are whole blocks and all seen are the plain attention, to the byte where keys are met alike.
    @Test(arguments: Precision.allCases)
    func seeingEverythingIsPlainAttention(precision: Precision) {
        let one = Case([128, 128, 44], [128, 128, 44], width: 16)
        let reach = AttentionReach(
            queryCounts: [128, 128, 44], keyCounts: [128, 128, 44],
            seen: Array(repeating: [0, 1, 2], count: 3))
        let plain = attention(
            one.q, one.k, one.v, heads: 2, scale: 0.3, precision: precision, on: Workers(threads: 1))
        let found = attention(
            one.q, one.k, one.v, heads: 2, scale: 0.3, within: reach, precision: precision,
            on: Workers(threads: 2))
        #expect(found.values == plain.values)
    }

    @Test(arguments: Precision.allCases)
    func bytesDoNotDependOnThreads(precision: Precision) {
        let one = Case([130, 11, 64], [31, 33, 1, 64, 12], width: 40)
        let results = [1, 3].map { threads in
            attention(
                one.q, one.k, one.v, heads: 2, scale: 0.3, within: one.reach, precision: precision,
                on: Workers(threads: threads)
            ).values
        }
        #expect(results[0] == results[1])
    }

    /// What is not seen does not count, not even when it is not a number; what is seen does.
    @Test func onlyWhatIsSeenIsLookedAt() {
        var one = Case([20, 20], [40, 40], width: 8).v
        one.withMutableValues { values in for index in 40 * 16..<values.count { values[index] = .nan } }
        let q = seeded([40, 16], seed: 5), k = seeded([80, 16], seed: 6)
        let reach = AttentionReach(queryCounts: [20, 20], keyCounts: [40, 40], seen: [[0], [1]])
        let found = attention(q, k, one, heads: 2, scale: 0.3, within: reach, on: Workers(threads: 2)).values
        #expect(found[..<(20 * 16)].allSatisfy(\.isFinite) && found[(20 * 16)...].allSatisfy(\.isNaN))
    }
}
