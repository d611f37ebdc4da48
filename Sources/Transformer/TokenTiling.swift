package import Kernels
package import Tensors

/// Tokens in tiles, one tile behind another, and the tiles that meet.
package struct TokenTiling: Sendable {
    /// Row by row, the token of the grid that stands there.
    let tokenOfRow: [Int]
    let rowOfToken: [Int]
    package let reach: AttentionReach
    /// The same with pooled keys; nil where windows of the pooling lie across tiles.
    let pooledReach: AttentionReach?

    /// - Returns: nil where every token meets all
    package init?(_ window: AttentionWindow, pooling: TokenWindow? = nil, in grid: TokenGrid) {
        guard let seen = window.tilesSeen(in: grid) else { return nil }
        let tiles = grid.tokens(inWindows: window.tile)
        tokenOfRow = tiles.flatMap { $0 }
        var rowOfToken = tokenOfRow
        for (row, token) in tokenOfRow.enumerated() { rowOfToken[token] = row }
        self.rowOfToken = rowOfToken
        let counts = tiles.map(\.count)
        reach = AttentionReach(queryCounts: counts, keyCounts: counts, seen: seen)
        pooledReach = pooling.flatMap { pooling in
            guard window.tile.isMultiple(of: pooling) else { return nil }
            let tileOfRow = counts.enumerated().flatMap { Array(repeating: $0, count: $1) }
            var pooled = [Int](repeating: 0, count: tiles.count)
            for members in grid.tokens(inWindows: pooling) { pooled[tileOfRow[rowOfToken[members[0]]]] += 1 }
            return AttentionReach(queryCounts: counts, keyCounts: pooled, seen: seen)
        }
    }
}
