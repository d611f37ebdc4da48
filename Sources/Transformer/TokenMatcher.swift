internal import Kernels
internal import Tensors

/// Finds which tokens of a block are merged: in each window all tokens but the first are compared with the first, and of
/// all windows those go that resemble theirs most.
struct TokenMatcher: Sendable {
    private let pairs: [(source: Int, destination: Int)]
    private let tokens: Int
    /// Tokens that go, the same number whatever the tokens are.
    private let merged: Int

    /// - Parameter place: of each token of the grid among the rows that are matched
    /// - Returns: nil where no token goes
    init?(_ merging: TokenMerging, in grid: TokenGrid, place: (Int) -> Int) {
        tokens = grid.tokens
        merged = grid.tokens - merging.tokens(afterMerging: grid)
        guard merged > 0 else { return nil }
        pairs = grid.tokens(inWindows: merging.window).flatMap { window in
            window.dropFirst().map { (place($0), place(window[0])) }
        }
    }

    /// - Parameter x: what the tokens show of themselves, `[L, C]`
    /// - Returns: groups whose leaders are the destinations and the tokens that stay alone
    func match(_ x: Tensor, on workers: Workers) -> RowGroups {
        guard !RunScope.current.ledger.isPlan else { return groups(of: Array(pairs.indices)) }
        let likeness = cosines(of: x, pairs: pairs, on: workers)
        let ranking = likeness.indices.map { Self.rank(likeness[$0]) << 32 | UInt64($0) }.sorted()
        return groups(of: ranking.map { Int($0 & 0xFFFF_FFFF) })
    }

    /// - Parameter order: of the pairs; the first of them are merged
    private func groups(of order: [Int]) -> RowGroups {
        var leaders = Array(0..<tokens)
        for index in order.prefix(merged) { leaders[pairs[index].source] = pairs[index].destination }
        return RowGroups(leaderOfRow: leaders)
    }

    /// Smaller the larger a cosine is, as positive numbers have the order of their bits; NaN comes last. Equal cosines go
    /// by their place in the list of pairs.
    private static func rank(_ cosine: Float) -> UInt64 {
        UInt64((2 - (cosine.isNaN ? -2 : cosine)).bitPattern)
    }
}
