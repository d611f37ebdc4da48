internal import Sampling
package import Tensors
package import Transformer

/// One of the passes of a guided step.
package enum GuidanceBranch: Sendable {
    case conditional, unconditional
    /// The conditional one with coarser patches, for autoguidance.
    case coarse
    /// The conditional one without some blocks, for skip guidance.
    case skipping
}

/// The passes of one step, computed or taken from an earlier one.
///
/// The cache keeps both passes as a pair: the conditional one decides, and both are computed in full or both are
/// not. Errors of the same kind then stand in both and cancel in their difference, which guidance enlarges. For the
/// same reason it is the difference of the two velocities that is used again, not the unconditional one. Both were
/// measured against their alternatives (docs/step-caching.md).
package struct GuidedPasses {
    private let plan: StepPlan
    private let caching: BlockCaching?
    private let scale: Float
    private let rule: GuidanceRule
    private let autoguidance: Float
    private let skipGuidance: Float
    private let pass: Pass

    /// Computes one pass: with the cache that it keeps and a rule for it, which is nil where there is no caching.
    package typealias Pass = (GuidanceBranch, inout BlockCache, BlockSkipping?) throws -> Tensor

    /// - Parameters:
    ///   - scale: strength of guidance
    ///   - autoguidance, skipGuidance: their weights
    package init(
        _ plan: StepPlan, caching: BlockCaching?, scale: Float, rule: GuidanceRule = .cfg,
        autoguidance: Float = 0, skipGuidance: Float = 0, pass: @escaping Pass
    ) {
        self.plan = plan
        self.caching = caching
        self.scale = scale
        self.rule = rule
        self.autoguidance = autoguidance
        self.skipGuidance = skipGuidance
        self.pass = pass
    }

    /// - Parameter state: of the steps before
    /// - Returns: the velocity of the step, `[z, f, h, w]`, and what was computed for it
    package func velocity(
        with state: inout ReuseState
    ) throws -> (velocity: Tensor, passes: StepPasses) {
        let towards = try pass(.conditional, &state.conditional, conditionalRule(state))
        let isCached = caching != nil && state.conditional.skipped > 0
        if !isCached { state.isPaired = false }
        var passes = StepPasses(conditional: isCached ? .cached : .computed, unconditional: .none)
        var velocity = try guided(towards, isCached: isCached, with: &state, &passes)
        func lead(awayFrom weaker: GuidanceBranch, by weight: Float) throws {
            var cache = BlockCache()
            let away = try pass(weaker, &cache, nil)
            velocity = Tensor.sum([(1, velocity), (weight, towards), (-weight, away)])
        }
        if plan.isAutoguided {
            try lead(awayFrom: .coarse, by: autoguidance)
            passes.coarse = .computed
        }
        if plan.isSkipGuided {
            try lead(awayFrom: .skipping, by: skipGuidance)
            passes.skipping = .computed
        }
        return (velocity, passes)
    }

    /// What classifier-free guidance makes of the conditional velocity.
    private func guided(
        _ towards: Tensor, isCached: Bool, with state: inout ReuseState, _ passes: inout StepPasses
    ) throws -> Tensor {
        switch plan.guidance {
        case .none: return towards
        case .reused:
            guard let difference = state.difference else {
                preconditionFailure("a plan computes guidance before it is reused")
            }
            passes.unconditional = .reused
            return Tensor.sum([(1, towards), (scale - 1, difference)])
        case .computed:
            let skipping = caching.map { _ in isCached ? BlockSkipping.always : .never }
            let computed = try pass(.unconditional, &state.unconditional, skipping)
            let away = rule == .cfg ? computed : fitted(computed, to: towards)
            passes.unconditional = passes.conditional
            if !isCached { state.isPaired = true }
            if plan.keepsGuidance { state.difference = Tensor.sum([(1, towards), (-1, away)]) }
            return guide(towards, awayFrom: away, scale: scale)
        }
    }

    private func conditionalRule(_ state: ReuseState) -> BlockSkipping? {
        caching.map { caching in
            let hasPair = plan.guidance != .computed || state.isPaired
            let maySkip = plan.maySkipBlocks && hasPair && state.conditional.skipped < caching.atMost
            return maySkip ? .below(caching.threshold) : .never
        }
    }
}
