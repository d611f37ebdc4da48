import Foundation
package import Tensors

extension RotaryTable {
    /// Positions in three axes: each channel pair of a head turns by the token's frame, row or column.
    ///
    /// Rows and columns get `headWidth / 6` pairs each, rounded down, and frames the rest. Every axis has
    /// frequencies that fall from 1 to nearly `1 / 10000`, and counts in tokens of the model's base size: a
    /// token lies at the centre of the cells that it holds, so that a place of the latent turns alike whatever
    /// size it is cut with. The tokens of the base size itself count 0, 1, 2, ...
    ///
    /// - Parameters:
    ///   - base: the patch size in whose tokens positions count
    ///   - headWidth: D, even
    /// - Returns: `[L, D / 2]`, pairs in the order frame, row, column
    /// - Source: Su et al., arXiv 2104.09864; diffusers 0.42.1 `transformer_wan.py`, `WanRotaryPosEmbed`; for
    ///   other sizes than the base `Scripts/training/patch_sizes.py`, `rotary_table`
    package init(_ grid: TokenGrid, base: PatchSize, headWidth: Int) {
        precondition(
            headWidth >= 2 && headWidth.isMultiple(of: 2), "pairs of channels, not \(headWidth) channels")
        let planePairs = headWidth / 6
        let axes = [
            AxisTable(
                positions(of: grid.frames, side: grid.patch.time, base: base.time),
                pairs: headWidth / 2 - 2 * planePairs),
            AxisTable(
                positions(of: grid.rows, side: grid.patch.height, base: base.height), pairs: planePairs),
            AxisTable(
                positions(of: grid.columns, side: grid.patch.width, base: base.width), pairs: planePairs),
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

/// Centres of the tokens of one axis, in base tokens; whole and half cells, so exact before the division.
private func positions(of tokens: Int, side: Int, base: Int) -> [Double] {
    (0..<tokens).map { (Double($0 * side) + Double(side - base) / 2) / Double(base) }
}

/// Cosine and sine of one axis, `[position][pair]`; the angles are in Double, as in diffusers: in Float
/// they would lose the digits that the whole turns take.
private struct AxisTable {
    let cosine: [[Float]]
    let sine: [[Float]]

    init(_ positions: [Double], pairs: Int) {
        let frequencies = (0..<pairs).map { 1 / pow(10_000, Double(2 * $0) / Double(2 * pairs)) }
        cosine = positions.map { position in frequencies.map { Float(cos(position * $0)) } }
        sine = positions.map { position in frequencies.map { Float(sin(position * $0)) } }
    }
}
