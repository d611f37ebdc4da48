internal import CKernels
import Foundation
package import Tensors

/// Rows of a matrix put into groups, each row into one; every group has a leader, which is one of its rows.
package struct RowGroups: Sendable {
    /// The leading row of each group, ascending.
    package let leaders: [Int]
    /// The group of each row.
    package let groupOfRow: [Int]
    /// The rows of group `g`, ascending, are `members[starts[g] ..< starts[g + 1]]`.
    let members: [Int]
    let starts: [Int]

    /// - Parameter leaderOfRow: for each row the row that leads its group; a leader leads itself
    package init(leaderOfRow: [Int]) {
        leaders = leaderOfRow.indices.filter { leaderOfRow[$0] == $0 }
        var groupOfLeader = [Int](repeating: -1, count: leaderOfRow.count)
        for (group, leader) in leaders.enumerated() { groupOfLeader[leader] = group }
        groupOfRow = leaderOfRow.map { groupOfLeader[$0] }
        precondition(!groupOfRow.contains(-1), "a leader leads itself")
        var starts = [Int](repeating: 0, count: leaders.count + 1)
        for group in groupOfRow { starts[group + 1] += 1 }
        for group in leaders.indices { starts[group + 1] += starts[group] }
        var places = starts
        var members = [Int](repeating: 0, count: leaderOfRow.count)
        for (row, group) in groupOfRow.enumerated() {
            members[places[group]] = row
            places[group] += 1
        }
        self.members = members
        self.starts = starts
    }

    package var count: Int { leaders.count }

    /// `[1, 1, groups]`: the logarithm of the number of rows of each group. Added to the scores of keys that are
    /// averages it counts each as often as it has rows: `n exp(s) = exp(s + log n)`.
    package var logSizes: Tensor {
        let logarithms = leaders.indices.map { log(Float(starts[$0 + 1] - starts[$0])) }
        return Tensor(logarithms, shape: [1, 1, count])
    }
}

extension Tensor {
    /// The mean row of each group.
    ///
    /// - Returns: `[groups, width]`
    package func averaged(over groups: RowGroups, on workers: Workers) -> Tensor {
        precondition(shape == [groups.groupOfRow.count, width], "groups for \(shape)")
        let width = width
        var result = Tensor(uninitialized: [groups.count, width])
        read { source in
            result.write { target in
                workers.run(over: groups.count, grain: rowsPerTask(width: width)) { part in
                    for group in part {
                        let rows = groups.starts[group]..<groups.starts[group + 1]
                        let mean = target.pointer + group * width
                        mean.update(
                            from: source.pointer + groups.members[rows.lowerBound] * width, count: width)
                        for place in rows.dropFirst() {
                            simd.add_gated(mean, source.pointer + groups.members[place] * width, nil, width)
                        }
                        if rows.count > 1 { simd.scale(mean, 1 / Float(rows.count), width) }
                    }
                }
            }
        }
        return result
    }

    /// `self[row] += addend[group of row]`: each row gets what its group got.
    ///
    /// - Parameter addend: `[groups, width]`
    package mutating func add(_ addend: Tensor, toRowsOf groups: RowGroups, on workers: Workers) {
        precondition(
            addend.shape == [groups.count, width] && shape == [groups.groupOfRow.count, width],
            "\(addend.shape) cannot be given to the groups of \(shape)")
        let width = width
        addend.read { addend in
            changeRows(on: workers) { row, target in
                simd.add_gated(target, addend.pointer + groups.groupOfRow[row] * width, nil, width)
            }
        }
    }

    /// The rows of these numbers, in their order.
    package func gathered(rows: [Int], on workers: Workers) -> Tensor {
        precondition(
            shape.count == 2 && rows.allSatisfy { $0 >= 0 && $0 < shape[0] }, "rows beyond \(shape)")
        let width = width
        var result = Tensor(uninitialized: [rows.count, width])
        read { source in
            result.changeRows(on: workers) { row, target in
                target.update(from: source.pointer + rows[row] * width, count: width)
            }
        }
        return result
    }
}

/// Cosine of the angle between rows of `x`, -1 ... 1; NaN where a row has no direction or is not finite.
///
/// - Parameters:
///   - x: `[rows, width]`
///   - pairs: numbers of two rows each
package func cosines(of x: Tensor, pairs: [(Int, Int)], on workers: Workers) -> [Float] {
    let width = x.width
    var result = Tensor(uninitialized: [pairs.count])
    x.read { x in
        result.write { target in
            workers.run(over: pairs.count, grain: rowsPerTask(width: width)) { part in
                for index in part {
                    let (one, other) = pairs[index]
                    target.pointer[index] = simd.cosine(
                        x.pointer + one * width, x.pointer + other * width, width)
                }
            }
        }
    }
    return result.values
}
