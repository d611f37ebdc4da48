internal import Kernels
internal import Tensors

/// Groups of tokens that are one key and one value each, made of the mean token.
///
/// The mean is taken of the normed tokens, before keys and values are made of them: of the ways measured it is the one
/// nearest to the plain forward, and the cheapest.
struct KeyPool: Sendable {
    let groups: RowGroups
    /// The centre of each group.
    let rope: RotaryTable

    /// - Parameter place: of each token of the grid among the rows that are pooled
    /// - Returns: nil where each token is a window of its own
    init?(_ pooling: KeyPooling, of layout: TokenLayout, place: (Int) -> Int) {
        let grid = layout.grid
        let windows = grid.tokens(inWindows: pooling.window)
        guard windows.count < grid.tokens else { return nil }
        let leaders = windows.map { window in window.map(place).min() ?? 0 }
        var leaderOfRow = [Int](repeating: 0, count: grid.tokens)
        for (window, leader) in zip(windows, leaders) {
            for token in window { leaderOfRow[place(token)] = leader }
        }
        groups = RowGroups(leaderOfRow: leaderOfRow)
        let middles = grid.middles(ofWindows: pooling.window)
        let order = windows.indices.sorted { leaders[$0] < leaders[$1] }
        rope = layout.rope.between(order.map { middles[$0] })
    }
}
