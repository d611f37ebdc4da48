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
    /// - Throws: ``OptionError``
    func check(blocks: Int, steps: Int) throws {
        let settings: [(any TokenSetting)?] = [merge, poolKeys, attentionWindow]
        for case let setting? in settings { try setting.check(blocks: blocks, steps: steps) }
        try checkTogether()
    }

    /// Whether what two settings make of the same block can be done.
    private func checkTogether() throws {
        guard let attentionWindow else { return }
        let tile = attentionWindow.window.tile
        if let merge, merge.meets(attentionWindow) {
            throw OptionError.mergingInWindow(
                merge: merge.description, window: attentionWindow.description)
        }
        if let poolKeys, !tile.isMultiple(of: poolKeys.pooling.window), poolKeys.meets(attentionWindow) {
            throw OptionError.poolAcrossTiles(pool: poolKeys.description, tile: tile.description)
        }
    }
}
