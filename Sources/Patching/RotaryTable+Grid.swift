import Foundation
package import Tensors

extension RotaryTable {
    /// Positions in three axes: each channel pair of a head turns by the token's frame, row or column.
    ///
    /// Rows and columns get `headWidth / 6` pairs each, rounded down, and frames the rest. Every axis counts
    /// from 0 and has frequencies that fall from 1 to nearly `1 / 10000`.
    ///
    /// - Parameter headWidth: D, even
    /// - Returns: `[L, D / 2]`, pairs in the order frame, row, column
    /// - Source: Su et al., arXiv 2104.09864; diffusers 0.42.1 `transformer_wan.py`, `WanRotaryPosEmbed`
    package init(_ grid: TokenGrid, headWidth: Int) {
        precondition(
            headWidth >= 2 && headWidth.isMultiple(of: 2), "pairs of channels, not \(headWidth) channels")
        let planePairs = headWidth / 6
        let axes = [
            AxisTable(positions: grid.frames, pairs: headWidth / 2 - 2 * planePairs),
            AxisTable(positions: grid.rows, pairs: planePairs),
            AxisTable(positions: grid.columns, pairs: planePairs),
        ]
        var cosine: [Float] = []
        var sine: [Float] = []
        cosine.reserveCapacity(grid.tokens * headWidth / 2)
        sine.reserveCapacity(grid.tokens * headWidth / 2)
        for token in 0..<grid.tokens {
            let place = [
                token / (grid.rows * grid.columns), token / grid.columns % grid.rows, token % grid.columns,
            ]
            for (axis, position) in zip(axes, place) {
                cosine += axis.cosine[position]
                sine += axis.sine[position]
            }
        }
        let shape = [grid.tokens, headWidth / 2]
        self.init(cosine: Tensor(cosine, shape: shape), sine: Tensor(sine, shape: shape))
    }
}

/// Cosine and sine of one axis, `[position][pair]`; the angles are in Double, as in diffusers: in Float
/// they would lose the digits that the whole turns take.
private struct AxisTable {
    let cosine: [[Float]]
    let sine: [[Float]]

    init(positions: Int, pairs: Int) {
        let frequencies = (0..<pairs).map { 1 / pow(10_000, Double(2 * $0) / Double(2 * pairs)) }
        cosine = (0..<positions).map { position in frequencies.map { Float(cos(Double(position) * $0)) } }
        sine = (0..<positions).map { position in frequencies.map { Float(sin(Double(position) * $0)) } }
    }
}
