internal import Tensors
internal import Transformer

/// Work on tokens that the transformer leaves out; every setting that is nil leaves out nothing.
public struct CompressionOptions: Codable, Equatable, Sendable {
    public var merge: MergeOption?
    public var poolKeys: KeyPoolingOption?
    public var attentionWindow: AttentionWindowOption?

    public init() {}

    var isEmpty: Bool { self == CompressionOptions() }

    /// What the transformer leaves out at a step.
    func at(step: Int) -> TokenCompression {
        var compression = TokenCompression()
        if let merge, merge.steps.contains(step) { compression.merging = merge.merging }
        if let poolKeys, poolKeys.steps.contains(step) { compression.keyPooling = poolKeys.pooling }
        if let attentionWindow, attentionWindow.steps.contains(step) {
            compression.window = attentionWindow.window
        }
        return compression
    }

    /// - Parameters:
    ///   - blocks: of the model
    ///   - steps: of the run
    /// - Throws: ``CompressionError``
    func check(blocks: Int, steps: Int) throws {
        for part in parts {
            guard part.blocks.fits(blocks) else {
                throw CompressionError.blocks(
                    option: part.option, found: part.text, blocks: part.blocks.description, count: blocks)
            }
            guard part.steps.fits(steps) else {
                throw CompressionError.steps(
                    option: part.option, found: part.text, steps: part.steps.description, count: steps)
            }
        }
        try checkTogether()
    }

    /// Whether what two settings make of the same block can be done.
    private func checkTogether() throws {
        guard let attentionWindow else { return }
        let window = attentionWindow.window
        if let merge, merge.merging.blocks.overlaps(window.blocks),
            merge.steps.overlaps(attentionWindow.steps)
        {
            throw CompressionError.mergingInWindow(
                merge: merge.description, window: attentionWindow.description)
        }
        if let poolKeys, !window.tile.isMultiple(of: poolKeys.pooling.window),
            poolKeys.pooling.blocks.overlaps(window.blocks), poolKeys.steps.overlaps(attentionWindow.steps)
        {
            throw CompressionError.poolAcrossTiles(
                pool: poolKeys.description, tile: window.tile.description)
        }
    }

    private struct Part {
        let option: String
        let text: String
        let blocks: IndexRange
        let steps: IndexRange
    }

    private var parts: [Part] {
        [
            merge.map {
                Part(
                    option: MergeOption.option, text: $0.description, blocks: $0.merging.blocks,
                    steps: $0.steps)
            },
            poolKeys.map {
                Part(
                    option: KeyPoolingOption.option, text: $0.description, blocks: $0.pooling.blocks,
                    steps: $0.steps)
            },
            attentionWindow.map {
                Part(
                    option: AttentionWindowOption.option, text: $0.description, blocks: $0.window.blocks,
                    steps: $0.steps)
            },
        ].compactMap { $0 }
    }
}
