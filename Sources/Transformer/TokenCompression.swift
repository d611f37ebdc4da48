package import Tensors

/// Which work a forward pass leaves out: on tokens, each kind in some of its blocks, or whole blocks; by default none.
package struct TokenCompression: Equatable, Sendable {
    package var merging: TokenMerging?
    package var keyPooling: KeyPooling?
    package var window: AttentionWindow?
    /// Blocks that are not computed: tokens pass them unchanged.
    package var skippedBlocks: IndexRange?

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

/// Every token asks, and meets one key and value for each window of tokens.
///
/// - Source: Chen et al., "PixArt-Sigma", arXiv 2403.04692, section 3.2.2, which trains for it
package struct KeyPooling: Equatable, Sendable {
    package let window: TokenWindow
    package let blocks: IndexRange

    package init(window: TokenWindow, blocks: IndexRange = .all) {
        self.window = window
        self.blocks = blocks
    }

    /// Keys that each token meets.
    package func keys(afterPooling grid: TokenGrid) -> Int { grid.windowAxes(window).reduce(1, *) }
}

/// Every token meets the tokens near it: the grid is cut into tiles, and the tokens of a tile meet those of the tiles
/// around it. At the edges of the grid the window is moved inwards, so that all tiles meet equally many.
///
/// - Source: Zhang et al., "Fast Video Generation with Sliding Tile Attention", arXiv 2502.04507
package struct AttentionWindow: Equatable, Sendable {
    /// In tokens, rounded up to whole tiles.
    package let size: TokenWindow
    package let tile: TokenWindow
    package let blocks: IndexRange

    package init(size: TokenWindow, tile: TokenWindow, blocks: IndexRange = .all) {
        self.size = size
        self.tile = tile
        self.blocks = blocks
    }

    /// The tiles that the tokens of each tile meet; nil where every tile meets all, and nothing is left out.
    package func tilesSeen(in grid: TokenGrid) -> [[Int]]? {
        let counts = grid.windowAxes(tile)
        let spans = zip(zip(size.axes, tile.axes), counts).map { min(($0.0 + $0.1 - 1) / $0.1, $1) }
        guard spans != counts else { return nil }
        return (0..<counts.reduce(1, *)).map { index in
            let place = [index / (counts[1] * counts[2]), index / counts[2] % counts[1], index % counts[2]]
            let ranges = (0..<3).map { axis in
                let first = min(max(0, place[axis] - (spans[axis] - 1) / 2), counts[axis] - spans[axis])
                return first..<first + spans[axis]
            }
            return ranges[0].flatMap { frame in
                ranges[1].flatMap { row in ranges[2].map { (frame * counts[1] + row) * counts[2] + $0 } }
            }
        }
    }

    /// The fewest and the most keys that a token meets; they differ where tiles are cut off by the grid's end.
    package func keysSeen(in grid: TokenGrid) -> ClosedRange<Int> {
        guard let seen = tilesSeen(in: grid) else { return grid.tokens...grid.tokens }
        let sizes = grid.tokens(inWindows: tile).map(\.count)
        let keys = seen.map { tiles in tiles.reduce(0) { $0 + sizes[$1] } }
        return (keys.min() ?? 0)...(keys.max() ?? 0)
    }
}
