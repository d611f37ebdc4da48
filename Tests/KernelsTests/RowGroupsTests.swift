import Foundation
import Kernels
import Tensors
import TestSupport
import Testing

/// Each against plain loops, over widths around the vectors of the kernels.
@Suite struct RowGroupsTests {
    private static let leaders = [0, 0, 2, 5, 2, 5, 6, 0, 2, 5, 10]
    private static let widths = [1, 15, 16, 17, 48, 1000]

    @Test func groupsAreNumberedByTheirLeaders() {
        let groups = RowGroups(leaderOfRow: Self.leaders)
        #expect(groups.leaders == [0, 2, 5, 6, 10])
        #expect(groups.groupOfRow == [0, 0, 1, 2, 1, 2, 3, 0, 1, 2, 4])
        #expect(groups.logSizes.shape == [1, 1, 5])
        #expect(groups.logSizes.values == [3, 3, 3, 1, 1].map { log(Float($0)) })
    }

    @Test(arguments: widths)
    func theMeanOfAGroupIsThatOfItsRows(width: Int) {
        let x = seeded([11, width], seed: 3)
        let values = x.values
        var expected: [Float] = []
        for leader in [0, 2, 5, 6, 10] {
            let rows = Self.leaders.indices.filter { Self.leaders[$0] == leader }
            for column in 0..<width {
                let sum = rows.reduce(0.0) { $0 + Double(values[$1 * width + column]) }
                expected.append(Float(sum / Double(rows.count)))
            }
        }
        let groups = RowGroups(leaderOfRow: Self.leaders)
        let found = x.averaged(over: groups, on: Workers(threads: 2))
        #expect(largestDifference(found, Tensor(expected, shape: [5, width])) <= 2e-7)
    }

    @Test(arguments: widths)
    func everyRowGetsWhatItsGroupGot(width: Int) {
        var x = seeded([11, width], seed: 3)
        let addend = seeded([5, width], seed: 4)
        let groupOfRow = [0, 0, 1, 2, 1, 2, 3, 0, 1, 2, 4]
        let (before, added) = (x.values, addend.values)
        let expected = before.indices.map { before[$0] + added[groupOfRow[$0 / width] * width + $0 % width] }
        x.add(addend, toRowsOf: RowGroups(leaderOfRow: Self.leaders), on: Workers(threads: 2))
        #expect(x.values == expected)
    }

    @Test(arguments: widths)
    func gatheredRowsAreCopies(width: Int) {
        let x = seeded([9, width], seed: 3)
        let rows = [8, 0, 3, 3, 7]
        let found = x.gathered(rows: rows, on: Workers(threads: 2))
        #expect(found.shape == [5, width])
        #expect(found.values == rows.flatMap { x.rows($0..<$0 + 1).values })
    }

    @Test(arguments: widths)
    func cosinesMatchPlainLoops(width: Int) {
        let x = seeded([9, width], seed: 3)
        let pairs = [(0, 1), (2, 2), (8, 3), (4, 0)]
        let found = cosines(of: x, pairs: pairs, on: Workers(threads: 2))
        let dot = { (one: Int, other: Int) in
            zip(x.rows(one..<one + 1).values, x.rows(other..<other + 1).values)
                .reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
        }
        for (cosine, (one, other)) in zip(found, pairs) {
            let expected = dot(one, other) / (dot(one, one) * dot(other, other)).squareRoot()
            #expect(abs(Double(cosine) - expected) <= 1e-6, "\(one) \(other)")
        }
    }

    @Test func cosinesOfZerosAndOfNotANumberAreNotANumber() {
        let x = Tensor([1, 2, 0, 0, .nan, 1], shape: [3, 2])
        let found = cosines(of: x, pairs: [(0, 1), (0, 2), (0, 0)], on: Workers(threads: 1))
        #expect(found[0].isNaN && found[1].isNaN && abs(found[2] - 1) < 1e-6)
    }
}
