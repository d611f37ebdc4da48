internal import Kernels
internal import Tensors

/// What a compression means for the tokens of one grid: made once a forward pass, in far less time than a block takes.
struct CompressionPlan: Sendable {
    private let compression: TokenCompression
    private let matcher: TokenMatcher?
    private let pool: KeyPool?
    private let tiling: TokenTiling?
    /// Names the tokens and the order in which blocks see them; equal where tokens can be compared row by row.
    let tokens: String
    /// Of the tokens in the order in which blocks see them.
    let rope: RotaryTable
    private let workers: Workers

    init(_ compression: TokenCompression, of layout: TokenLayout, on workers: Workers) {
        let grid = layout.grid
        let tiling = compression.window.flatMap {
            TokenTiling($0, pooling: compression.keyPooling?.window, in: grid)
        }
        tokens =
            "\(layout.patch)"
            + (tiling == nil ? "" : " in tiles of \(compression.window?.tile.description ?? "")")
        let place = { (token: Int) in tiling?.rowOfToken[token] ?? token }
        self.compression = compression
        self.tiling = tiling
        self.workers = workers
        rope = tiling.map { layout.rope.gathered(rows: $0.tokenOfRow, on: workers) } ?? layout.rope
        matcher = compression.merging.flatMap { TokenMatcher($0, in: grid, place: place) }
        pool = compression.keyPooling.flatMap { KeyPool($0, of: layout, place: place) }
    }

    /// Those of some blocks that are computed.
    func kept(of indices: Range<Int>) -> [Int] {
        indices.filter { compression.skippedBlocks?.contains($0) != true }
    }

    /// What block `index` leaves out.
    ///
    /// - Precondition: it does not both merge and have a window, and its window has tiles that the pooling divides; what
    ///   a user asks for is checked where it comes in
    subscript(index: Int) -> BlockCompression {
        func isOn(_ blocks: IndexRange?) -> Bool { blocks?.contains(index) == true }
        let pool = isOn(compression.keyPooling?.blocks) ? pool : nil
        var keys = AttendedKeys(pool: pool, bias: pool?.groups.logSizes)
        if isOn(compression.window?.blocks), let tiling {
            keys.reach = pool == nil ? tiling.reach : tiling.pooledReach
            precondition(keys.reach != nil, "windows of pooled keys lie across tiles")
        }
        let matcher = isOn(compression.merging?.blocks) ? matcher : nil
        precondition(matcher == nil || keys.reach == nil, "merged tokens lie in no tiles")
        return BlockCompression(matcher: matcher, keys: keys)
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
