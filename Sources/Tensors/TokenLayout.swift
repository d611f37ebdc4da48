/// How the tokens of a latent were cut and where they lie: what a transformer has to know of them beside
/// their values.
package struct TokenLayout: Sendable {
    package let grid: TokenGrid
    /// Of the tokens in the order of the grid.
    package let rope: RotaryTable

    package init(_ grid: TokenGrid, rope: RotaryTable) {
        self.grid = grid
        self.rope = rope
    }

    package var patch: PatchSize { grid.patch }
}
