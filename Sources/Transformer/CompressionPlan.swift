internal import Kernels
internal import Tensors

/// What a compression means for the tokens of one grid: made once a forward pass.
struct CompressionPlan: Sendable {
    private let compression: TokenCompression
    private let matcher: TokenMatcher?
    private let pool: KeyPool?
    private let tiling: Tiling?
    /// Of the tokens in the order in which blocks see them.
    let rope: RotaryTable
    private let workers: Workers

    init(_ compression: TokenCompression, of layout: TokenLayout, on workers: Workers) {
        let grid = layout.grid
        let tiling = compression.window.flatMap { Tiling($0, pooledBy: compression.keyPooling?.window, in: grid) }
        let place = { (token: Int) in tiling?.rowOfToken[token] ?? token }
        self.compression = compression
        self.tiling = tiling
        self.workers = workers
        rope = tiling.map { layout.rope.gathered(rows: $0.tokenOfRow, on: workers) } ?? layout.rope
        matcher = compression.merging.flatMap { TokenMatcher($0, in: grid, place: place) }
        pool = compression.keyPooling.flatMap { KeyPool($0, of: layout, place: place) }
    }

    /// What block `index` leaves out.
    subscript(index: Int) -> BlockCompression {
        func isOn(_ blocks: IndexRange?) -> Bool { blocks?.contains(index) == true }
        let pool = isOn(compression.keyPooling?.blocks) ? pool : nil
        var keys = AttendedKeys(pool: pool, bias: pool?.groups.logSizes)
        if isOn(compression.window?.blocks) { keys.reach = pool == nil ? tiling?.reach : tiling?.pooledReach }
        return BlockCompression(matcher: isOn(compression.merging?.blocks) ? matcher : nil, keys: keys)
    }

    /// Tokens of the grid in the order in which blocks see them.
    func ordered(_ x: consuming Tensor) -> Tensor {
        guard let tiling else { return x }
        return x.gathered(rows: tiling.tokenOfRow, on: workers)
    }

    /// Back to the order of the grid.
    func restored(_ x: consuming Tensor) -> Tensor {
        guard let tiling else { return x }
        return x.gathered(rows: tiling.rowOfToken, on: workers)
    }
}

/// What one block leaves out.
struct BlockCompression: Sendable {
    let matcher: TokenMatcher?
    let keys: AttendedKeys
}

/// Tokens in tiles, one tile behind another, and the tiles that meet.
private struct Tiling: Sendable {
    let tokenOfRow: [Int]
    let rowOfToken: [Int]
    let reach: AttentionReach
    /// The same with pooled keys; nil where the pooling window does not divide the tiles.
    let pooledReach: AttentionReach?

    /// Nil where every token meets all.
    init?(_ window: AttentionWindow, pooledBy pooling: TokenWindow?, in grid: TokenGrid) {
        guard let seen = window.tilesSeen(in: grid) else { return nil }
        let tiles = grid.tokens(inWindows: window.tile)
        let tokenOfRow = tiles.flatMap { $0 }
        var rowOfToken = tokenOfRow
        for (row, token) in tokenOfRow.enumerated() { rowOfToken[token] = row }
        (self.tokenOfRow, self.rowOfToken) = (tokenOfRow, rowOfToken)
        let counts = tiles.map(\.count)
        reach = AttentionReach(queryCounts: counts, keyCounts: counts, seen: seen)
        guard let pooling, window.tile.isMultiple(of: pooling) else {
            pooledReach = nil
            return
        }
        var pooled = [Int](repeating: 0, count: tiles.count)
        let tileOfRow = counts.enumerated().flatMap { Array(repeating: $0, count: $1) }
        for members in grid.tokens(inWindows: pooling) { pooled[tileOfRow[rowOfToken[members[0]]]] += 1 }
        pooledReach = AttentionReach(queryCounts: counts, keyCounts: pooled, seen: seen)
    }
}

extension KeyPool {
    /// Nil where each token is a window of its own.
    init?(_ pooling: KeyPooling, of layout: TokenLayout, place: (Int) -> Int) {
        let windows = layout.grid.tokens(inWindows: pooling.window)
        guard windows.count < layout.grid.tokens else { return nil }
        var leaders = [Int](repeating: 0, count: layout.grid.tokens)
        var windowOfLeader: [Int: Int] = [:]
        for (index, window) in windows.enumerated() {
            let rows = window.map(place)
            let leader = rows.min() ?? 0
            windowOfLeader[leader] = index
            for row in rows { leaders[row] = leader }
        }
        groups = RowGroups(leaderOfRow: leaders)
        rope = layout.rope.centres(of: groups.leaders.map { windows[windowOfLeader[$0] ?? 0] })
    }
}

extension RotaryTable {
    func gathered(rows: [Int], on workers: Workers) -> RotaryTable {
        RotaryTable(
            cosine: cosine.gathered(rows: rows, on: workers), sine: sine.gathered(rows: rows, on: workers))
    }

    func centres(of windows: [[Int]]) -> RotaryTable {
        let pairs = cosine.width
        var (c, s): ([Float], [Float]) = ([], [])
        let (cs, ss) = (cosine.values, sine.values)
        for window in windows {
            // A box in order: token i and its mirror image have the box's centre between them.
            let (a, b) = (window[(window.count - 1) / 2], window[window.count / 2])
            for p in 0..<pairs {
                if X.pool == "first" { c.append(cs[window[0] * pairs + p]); s.append(ss[window[0] * pairs + p]); continue }
                let (x, y) = (window.reduce(0) { $0 + cs[$1 * pairs + p] }, window.reduce(0) { $0 + ss[$1 * pairs + p] })
                _ = (a, b)
                let r = (x * x + y * y).squareRoot()
                c.append(x / r)
                s.append(y / r)
            }
        }
        return RotaryTable(cosine: Tensor(c, shape: [windows.count, pairs]), sine: Tensor(s, shape: [windows.count, pairs]))
    }
}
