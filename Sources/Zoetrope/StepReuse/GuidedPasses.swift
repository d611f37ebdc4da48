import Foundation
internal import Sampling
internal import Tensors
internal import Transformer

/// The passes of one step, computed or taken from an earlier one.
struct GuidedPasses {
    let plan: StepPlan
    let caching: BlockCaching?
    /// Strength of guidance.
    let scale: Float
    /// One pass: with a cache to keep and a rule for it, or nil where there is no cache.
    let pass: (_ branch: Branch, _ cache: inout BlockCache, _ rule: BlockSkipping?) throws -> Tensor

    /// - Parameter unconditional: nil at guidance 1
    /// - Returns: the velocity of the step, `[z, f, h, w]`
    func velocity(
        _ conditional: Branch, awayFrom unconditional: Branch?, with state: inout ReuseState
    ) throws -> (velocity: Tensor, passes: StepPasses) {
        let towards = try pass(conditional, &state.conditional, rule(for: state.conditional))
        var passes = StepPasses(conditional: kind(of: state.conditional), unconditional: .none)
        guard let unconditional, plan.guidance != .none else { return (towards, passes) }
        if plan.guidance == .reused, let guidance = state.guidance {
            passes.unconditional = .reused
            return (Tensor.sum([(1, towards), (scale - 1, guidance)]), passes)
        }
        let away = try pass(unconditional, &state.unconditional, rule(for: state.unconditional))
        passes.unconditional = kind(of: state.unconditional)
        state.guidance = Tensor.sum([(1, towards), (-1, away)])
        return (guide(towards, awayFrom: away, scale: scale), passes)
    }

    private func kind(of cache: BlockCache) -> StepPasses.Pass {
        caching == nil || cache.skipped == 0 ? .computed : .cached
    }

    private func rule(for cache: BlockCache) -> BlockSkipping? {
        caching.map { caching in
            plan.maySkipBlocks && cache.skipped < caching.atMost ? .below(caching.threshold) : .never
        }
    }
}
