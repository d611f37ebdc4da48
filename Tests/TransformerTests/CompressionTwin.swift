import Checkpoints
import Foundation
import Patching
import Tensors
import TestSupport
import Transformer

/// The slow twin of a forward that leaves out work: tokens stay in the order of the grid, everything that is left out is
/// found by plain loops over places, and self-attention is computed in double precision from the file's weights.
struct CompressionTwin {
    let golden: GoldenTransformer
    let compression: TokenCompression
    private let weights: [String: [Float]]
    private let grid: TokenGrid

    init(_ name: String, golden: GoldenTransformer, leavingOut compression: TokenCompression) throws {
        self.golden = golden
        self.compression = compression
        grid = golden.patchifier.grid
        weights = try Checkpoint(component: Goldens.url("transformer/\(name)")).tensors
            .mapValues { $0.widened().values }
    }

    func velocity() throws -> Tensor {
        let (model, ends) = (golden.model, golden.model.ends(of: golden.patch))
        let time = model.conditionEmbedder.time(golden.timestep)
        let memory = try golden.memory()
        var x = ends.embed(golden.patchifier.patchify(golden.latent))
        for (index, block) in model.blocks.enumerated()
        where compression.skippedBlocks?.contains(index) != true {
            try forward(block, index, &x, at: time, over: memory.blocks[index])
        }
        return golden.patchifier.unpatchify(ends.project(model.headNorm(x, at: time.embedding)))
    }

    private func forward(
        _ block: Block, _ index: Int, _ x: inout Tensor, at time: TimeConditions, over memory: BlockMemory
    ) throws {
        let (first, last) = block.modulation(time.projection)
        let tokens = block.norm1(x, by: first)
        let merging = compression.merging.flatMap { $0.blocks.contains(index) ? $0 : nil }
        let groups = merging.map { merged(tokens, $0) } ?? (0..<grid.tokens).map { [$0] }
        var keys = groups.map { Key(tokens: $0, position: place($0[0]).map(Double.init)) }
        if let pooling = compression.keyPooling, pooling.blocks.contains(index) {
            keys = windows(pooling.window).map { window in
                let centre = (0..<3).map { axis in
                    window.reduce(0.0) { $0 + Double(place($1)[axis]) } / Double(window.count)
                }
                return Key(tokens: window, position: centre)
            }
        }
        let window = compression.window.flatMap { $0.blocks.contains(index) ? $0 : nil }
        let queries = groups.map { Key(tokens: $0, position: place($0[0]).map(Double.init)) }
        let answers = selfAttention(index, tokens, queries: queries, keys: keys) { query, key in
            window.map { sees(query.tokens[0], key.tokens[0], within: $0) } ?? true
        }
        add(answers, of: groups, to: &x, gate: first.gate?.values)
        var sum = Tensor(shape: [groups.count, x.shape[1]])
        try block.crossAttention(means(block.norm2(x), groups), over: memory, addedTo: &sum)
        add(sum.values, of: groups, to: &x, gate: nil)
        sum = Tensor(shape: [groups.count, x.shape[1]])
        try block.feedForward(means(block.norm3(x, by: last), groups), addedTo: &sum, gatedBy: last.gate)
        add(sum.values, of: groups, to: &x, gate: nil)
    }

    /// One or more tokens that are seen as one; the first leads them.
    private struct Key {
        let tokens: [Int]
        let position: [Double]
    }

    private func place(_ token: Int) -> [Int] {
        [token / (grid.rows * grid.columns), token / grid.columns % grid.rows, token % grid.columns]
    }

    private func windows(_ window: TokenWindow) -> [[Int]] {
        let cells = Dictionary(grouping: 0..<grid.tokens) { token in
            zip(place(token), window.axes).map { $0 / $1 }
        }
        return cells.values.map { $0.sorted() }.sorted { $0[0] < $1[0] }
    }

    private func merged(_ tokens: Tensor, _ merging: TokenMerging) -> [[Int]] {
        let rows = (0..<grid.tokens).map { tokens.rows($0..<$0 + 1).values.map(Double.init) }
        let dot = { (one: Int, other: Int) in zip(rows[one], rows[other]).reduce(0) { $0 + $1.0 * $1.1 } }
        let all = windows(merging.window)
        let pairs = all.flatMap { window in window.dropFirst().map { (token: $0, to: window[0]) } }
            .map { pair in
                (
                    pair.token, pair.to,
                    dot(pair.token, pair.to)
                        / (dot(pair.token, pair.token) * dot(pair.to, pair.to)).squareRoot()
                )
            }
        let wanted = Int((merging.ratio * Double(grid.tokens)).rounded())
        var members = Dictionary(uniqueKeysWithValues: (0..<grid.tokens).map { ($0, [$0]) })
        for (token, to, _) in pairs.sorted(by: { $0.2 > $1.2 }).prefix(wanted) {
            members[token] = nil
            members[to]?.append(token)
        }
        return members.values.map { [$0[0]] + $0.dropFirst().sorted() }.sorted { $0[0] < $1[0] }
    }

    /// Tiles of tokens see the tiles around them, moved inwards at the edges.
    private func sees(_ query: Int, _ key: Int, within window: AttentionWindow) -> Bool {
        (0..<3).allSatisfy { axis in
            let (side, size) = (window.tile.axes[axis], window.size.axes[axis])
            let tiles = (grid.axes[axis] + side - 1) / side
            let span = min(tiles, (size + side - 1) / side)
            let first = min(max(0, place(query)[axis] / side - (span - 1) / 2), tiles - span)
            return (first..<first + span).contains(place(key)[axis] / side)
        }
    }

    private func means(_ x: Tensor, _ groups: [[Int]]) -> Tensor {
        let (width, values) = (x.shape[1], x.values)
        let rows = groups.flatMap { group in
            (0..<width).map { column in
                Float(group.reduce(0.0) { $0 + Double(values[$1 * width + column]) } / Double(group.count))
            }
        }
        return Tensor(rows, shape: [groups.count, width])
    }

    private func add(_ rows: [Float], of groups: [[Int]], to x: inout Tensor, gate: [Float]?) {
        let width = x.shape[1]
        var values = x.values
        for (index, group) in groups.enumerated() {
            for token in group {
                for column in 0..<width {
                    values[token * width + column] += rows[index * width + column] * (gate?[column] ?? 1)
                }
            }
        }
        x = Tensor(values, shape: x.shape)
    }

    private func selfAttention(
        _ block: Int, _ tokens: Tensor, queries: [Key], keys: [Key], sees: (Key, Key) -> Bool
    ) -> [Float] {
        let (heads, width) = (golden.model.config.heads, golden.model.config.headWidth)
        let source = means(tokens, keys.map(\.tokens))
        let q = turned(
            normed(linear(block, "to_q", means(tokens, queries.map(\.tokens))), block, "norm_q"), queries)
        let k = turned(normed(linear(block, "to_k", source), block, "norm_k"), keys)
        let v = linear(block, "to_v", source)
        var answers = [[Double]](repeating: [], count: queries.count)
        for (i, query) in queries.enumerated() {
            let seen = keys.indices.filter { sees(query, keys[$0]) }
            for head in 0..<heads {
                let part = head * width..<(head + 1) * width
                let weights = seen.map { j in
                    Double(keys[j].tokens.count)
                        * exp(
                            zip(q[i][part], k[j][part]).reduce(0) { $0 + $1.0 * $1.1 }
                                / Double(width).squareRoot())
                }
                let sum = weights.reduce(0, +)
                answers[i] += part.map { column in
                    zip(seen, weights).reduce(0) { $0 + v[$1.0][column] * $1.1 } / sum
                }
            }
        }
        let rows = Tensor(answers.flatMap { $0.map { Float($0) } }, shape: [queries.count, heads * width])
        return linear(block, "to_out.0", rows).flatMap { $0.map { Float($0) } }
    }

    private func weight(_ block: Int, _ name: String) -> [Float] {
        weights["blocks.\(block).attn1.\(name)"] ?? []
    }

    private func linear(_ block: Int, _ name: String, _ x: Tensor) -> [[Double]] {
        let (matrix, bias) = (weight(block, "\(name).weight"), weight(block, "\(name).bias"))
        let (width, values) = (x.shape[1], x.values)
        return (0..<x.shape[0]).map { row in
            bias.indices.map { column in
                (0..<width).reduce(Double(bias[column])) {
                    $0 + Double(values[row * width + $1]) * Double(matrix[column * width + $1])
                }
            }
        }
    }

    private func normed(_ rows: [[Double]], _ block: Int, _ name: String) -> [[Double]] {
        let scale = weight(block, "\(name).weight")
        return rows.map { row in
            let mean = row.reduce(0) { $0 + $1 * $1 } / Double(row.count)
            let factor = 1 / (mean + Double(golden.model.config.epsilon)).squareRoot()
            return row.indices.map { row[$0] * factor * Double(scale[$0]) }
        }
    }

    /// Pairs of channels turned by frame, row and column; places may lie between tokens.
    private func turned(_ rows: [[Double]], _ keys: [Key]) -> [[Double]] {
        let width = golden.model.config.headWidth
        let plane = width / 6
        let pairs = [width / 2 - 2 * plane, plane, plane]
        let angles = { (position: [Double]) in
            (0..<3).flatMap { axis in
                (0..<pairs[axis]).map { position[axis] / pow(10_000, Double($0) / Double(pairs[axis])) }
            }
        }
        return zip(rows, keys).map { row, key in
            let angles = angles(key.position)
            return row.indices.map { channel in
                let angle = angles[channel % width / 2]
                let (even, odd) = (row[channel / 2 * 2], row[channel / 2 * 2 + 1])
                return channel % 2 == 0
                    ? even * cos(angle) - odd * sin(angle) : even * sin(angle) + odd * cos(angle)
            }
        }
    }
}
