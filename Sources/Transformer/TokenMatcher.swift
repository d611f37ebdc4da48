internal import Foundation
internal import Kernels
internal import Tensors

/// Finds which tokens of a block are merged: in each window the tokens but one are compared with that one, and of all
/// windows those go that resemble theirs most.
struct TokenMatcher: Sendable {
    private let pairs: [(source: Int, destination: Int)]
    private let tokens: Int
    private let merged: Int

    /// - Parameter place: of each token of the grid among the rows that are matched
    init?(_ merging: TokenMerging, in grid: TokenGrid, place: (Int) -> Int) {
        tokens = grid.tokens
        merged = grid.tokens - merging.tokens(afterMerging: grid)
        guard merged > 0 else { return nil }
        let mode = X.dest
        pairs = grid.tokens(inWindows: merging.window).flatMap { window in
            let d = mode == "center" ? window.count / 2 : mode == "last" ? window.count - 1 : mode == "mix" ? (window[0] / 2) % window.count : 0
            return window.indices.filter { $0 != d }.map { (place(window[$0]), place(window[d])) }
        }
    }

    /// - Parameter x: what the tokens show of themselves, `[L, C]`
    /// - Returns: groups whose leaders are the destinations and the tokens that stay alone
    func match(_ x: Tensor, on workers: Workers) -> RowGroups {
        let likeness = cosines(of: x, pairs: pairs, on: workers)
        let order = likeness.indices.map { Self.rank(likeness[$0]) << 32 | UInt64($0) }.sorted()
        var leaders = Array(0..<tokens)
        for rank in order.prefix(merged) {
            let pair = pairs[Int(rank & 0xFFFF_FFFF)]
            leaders[pair.source] = pair.destination
        }
        return RowGroups(leaderOfRow: leaders)
    }

    /// Smaller the larger the cosine is; NaN comes last. Equal cosines go by their place in the grid.
    private static func rank(_ cosine: Float) -> UInt64 {
        UInt64((2 - (cosine.isNaN ? -2 : cosine)).bitPattern)
    }
}

enum X {
    static let dest = ProcessInfo.processInfo.environment["X_DEST"] ?? "first"
    static let pool = ProcessInfo.processInfo.environment["X_POOL"] ?? "tokens"
    static let form = ProcessInfo.processInfo.environment["X_FORM"] ?? "parts"
}
