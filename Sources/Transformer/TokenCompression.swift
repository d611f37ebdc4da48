package import Tensors

/// Which work on tokens a forward pass leaves out, each in some of its blocks; by default none.
package struct TokenCompression: Equatable, Sendable {
    package var merging: TokenMerging?

    package init() {}
}

/// Tokens that resemble each other within a window are worked on as one.
///
/// - Source: Bolya et al., "Token Merging", arXiv 2210.09461; Bolya and Hoffman, "Token Merging for Fast Stable
///   Diffusion", arXiv 2303.17604
package struct TokenMerging: Equatable, Sendable {
    /// Share of the tokens that go into another, 0 ... 0.75.
    package let ratio: Double
    /// Each window keeps one token at the least.
    package let window: TokenWindow
    package let blocks: IndexRange

    package init(ratio: Double, window: TokenWindow, blocks: IndexRange = .all) {
        self.ratio = ratio
        self.window = window
        self.blocks = blocks
    }

    /// Tokens that blocks work on: known from the grid alone, whatever the tokens are.
    package func tokens(afterMerging grid: TokenGrid) -> Int {
        let most = grid.tokens - grid.windowAxes(window).reduce(1, *)
        return grid.tokens - min(most, Int((ratio * Double(grid.tokens)).rounded()))
    }
}
