internal import Kernels
package import Tensors

/// What the blocks added to the tokens at the last step that was computed in full, so that later steps can add it
/// again in place of computing it.
///
/// It is void where the patch size or the order of the tokens changes. Memory: two tensors `[L, C]` once a step was computed.
///
/// - Source: the first block's residual as the test is ParaAttention's and cache-dit's "First Block Cache"; the idea
///   that a residual tells when to compute again is TeaCache's, Liu et al., arXiv 2411.19108
package struct BlockCache: Sendable {
    /// Which tokens, and in which order, the step had that was computed in full; nil where there was none.
    package var tokens: String?
    /// What the first block added then, `[L, C]`.
    package var first: Tensor?
    /// What all blocks after the first added then, `[L, C]`.
    package var others: Tensor?
    /// Steps since then, each without the other blocks.
    package var skipped = 0

    package init() {}

    /// What the other blocks would add, where it may stand in for them.
    ///
    /// - Parameter first: what the first block has added at this step, `[L, C]`
    func standIn(
        for first: Tensor, among tokens: String, _ rule: BlockSkipping, on workers: Workers
    ) -> Tensor? {
        guard tokens == self.tokens, let earlier = self.first, let others else { return nil }
        switch rule {
        case .never: return nil
        case .always: return others
        // A change that is NaN is not below anything, and the step is computed.
        case let .below(threshold):
            // A plan has no values to compare, and is made for all of the work.
            guard !RunScope.current.ledger.isPlan else { return nil }
            return first.relativeChange(from: earlier, on: workers) < threshold ? others : nil
        }
    }

    mutating func keep(first: Tensor, others: Tensor, tokens: String) {
        self.first = first.charged(to: .caches)
        self.others = others.charged(to: .caches)
        (self.tokens, skipped) = (tokens, 0)
    }

    mutating func letGo() { (first, others, tokens, skipped) = (nil, nil, nil, 0) }
}

/// Whether a step may do without the blocks after the first.
package enum BlockSkipping: Equatable, Sendable {
    /// All blocks are computed, and what they add is kept.
    case never
    /// Where the first block's residual has changed by less than this, `Σ |change| / Σ |residual|`, since the last
    /// step that was computed in full.
    case below(Double)
    /// Wherever something is kept.
    case always
}
