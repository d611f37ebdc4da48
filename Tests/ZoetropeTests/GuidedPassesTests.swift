import Tensors
import TestSupport
import Testing
import Transformer
import Zoetrope

/// Which passes a step computes and what it makes of them, with passes that only count.
@Suite struct GuidedPassesTests {
    private static let patch = PatchSize(time: 1, height: 2, width: 2)

    /// One letter a pass: computed, cached, reused; `-` where there is none.
    private func kinds(_ passes: StepPasses) -> String {
        [passes.conditional, passes.unconditional].map { pass in
            switch pass {
            case .computed: "c"
            case .cached: "s"
            case .reused: "r"
            case .none: "-"
            }
        }.joined()
    }

    /// Steps by their guidance, `c`, `r` or `-`, upper case where blocks may be skipped; in a model whose first block
    /// always allows it.
    private func run(_ steps: String, caching: BlockCaching?) throws -> String {
        var state = ReuseState()
        return try steps.map { letter in
            let guidance: StepPlan.Guidance =
                switch letter.lowercased() {
                case "c": .computed
                case "r": .reused
                default: .none
                }
            let plan = StepPlan(
                guidance: guidance, maySkipBlocks: letter.isUppercase || letter == "+", keepsGuidance: true)
            let passes = GuidedPasses(plan, caching: caching, scale: 3) { branch, cache, rule in
                #expect((rule == nil) == (caching == nil))
                #expect(branch == .unconditional || rule != .always)
                if rule == .never || rule == nil || cache.tokens == nil {
                    (cache.tokens, cache.skipped) = (Self.patch.description, 0)
                } else {
                    cache.skipped += 1
                }
                return seeded([2, 3])
            }
            return kinds(try passes.velocity(with: &state).passes)
        }.joined(separator: " ")
    }

    @Test func bothPassesAreCachedOrNone() throws {
        let caching = try BlockCaching("1,at-most=2")
        #expect(try run("ccc", caching: nil) == "cc cc cc")
        #expect(try run("c--r", caching: nil) == "cc c- c- cr")
        #expect(try run("cCCCCCc", caching: caching) == "cc ss ss cc ss ss cc")
        #expect(try run("-+++-", caching: caching) == "c- s- s- c- c-")
        // The unconditional pass follows only where its cache is of the same step.
        #expect(try run("cRRRCCC", caching: caching) == "cc sr sr cr cc ss ss")
        #expect(try run("-C+C", caching: caching) == "c- cc s- ss")
        #expect(try run("CCC", caching: try BlockCaching("1,at-most=1")) == "cc ss cc")
    }

    @Test func theDifferenceIsWhatIsReused() throws {
        var state = ReuseState()
        let (first, away, later) = (seeded([4], seed: 1), seeded([4], seed: 2), seeded([4], seed: 3))
        let computed = GuidedPasses(
            StepPlan(guidance: .computed, keepsGuidance: true), caching: nil, scale: 3
        ) { branch, _, _ in branch == .conditional ? first : away }
        let found = try computed.velocity(with: &state).velocity
        #expect(largestDifference(found, Tensor.sum([(3, first), (-2, away)])) <= 1e-6)
        let reused = GuidedPasses(StepPlan(guidance: .reused), caching: nil, scale: 3) { branch, _, _ in
            #expect(branch == .conditional)
            return later
        }
        let expected = Tensor.sum([(1, later), (2, Tensor.sum([(1, first), (-1, away)]))])
        #expect(largestDifference(try reused.velocity(with: &state).velocity, expected) <= 1e-6)
        #expect(state.tensors.keys.sorted() == ["reuse.difference"])
    }

    @Test func theRuleHoldsForWhatIsReusedToo() throws {
        var state = ReuseState()
        let (first, later) = (seeded([4], seed: 1), seeded([4], seed: 3))
        let away = Tensor.sum([(0.5, first)])
        let computed = GuidedPasses(
            StepPlan(guidance: .computed, keepsGuidance: true), caching: nil, scale: 3, rule: .cfgZero
        ) { branch, _, _ in branch == .conditional ? first : away }
        #expect(largestDifference(try computed.velocity(with: &state).velocity, first) <= 1e-6)
        let reused = GuidedPasses(
            StepPlan(guidance: .reused), caching: nil, scale: 3, rule: .cfgZero
        ) { _, _, _ in later }
        #expect(largestDifference(try reused.velocity(with: &state).velocity, later) <= 1e-6)
    }

    @Test func autoguidanceAddsTheDifferenceOfBothSizesToWhatIsGuided() throws {
        var state = ReuseState()
        let (own, away, coarse) = (seeded([4], seed: 1), seeded([4], seed: 2), seeded([4], seed: 3))
        func velocity(_ plan: StepPlan) throws -> (velocity: Tensor, passes: StepPasses) {
            let passes = GuidedPasses(plan, caching: try BlockCaching("1"), scale: 3, autoguidance: 0.5) {
                branch, _, rule in
                #expect((rule == nil) == (branch == .coarse))
                return branch == .conditional ? own : branch == .coarse ? coarse : away
            }
            return try passes.velocity(with: &state)
        }
        let guided = try velocity(StepPlan(guidance: .computed, isAutoguided: true))
        #expect(
            largestDifference(guided.velocity, Tensor.sum([(3.5, own), (-2, away), (-0.5, coarse)])) <= 1e-6)
        #expect(guided.passes.all == [.computed, .computed, .computed])
        let single = try velocity(StepPlan(guidance: .none, isAutoguided: true))
        #expect(largestDifference(single.velocity, Tensor.sum([(1.5, own), (-0.5, coarse)])) <= 1e-6)
        let without = try velocity(StepPlan(guidance: .none))
        #expect(largestDifference(without.velocity, own) == 0 && without.passes.coarse == nil)
    }

    @Test func skipGuidanceAddsItsDifferenceToAutoguidances() throws {
        var state = ReuseState()
        let (own, away) = (seeded([4], seed: 1), seeded([4], seed: 2))
        let (coarse, skipping) = (seeded([4], seed: 3), seeded([4], seed: 4))
        let plan = StepPlan(guidance: .computed, isAutoguided: true, isSkipGuided: true)
        let passes = GuidedPasses(plan, caching: nil, scale: 3, autoguidance: 0.5, skipGuidance: 0.25) {
            branch, _, _ in
            switch branch {
            case .conditional: own
            case .unconditional: away
            case .coarse: coarse
            case .skipping: skipping
            }
        }
        let found = try passes.velocity(with: &state)
        let expected = Tensor.sum([(3.75, own), (-2, away), (-0.5, coarse), (-0.25, skipping)])
        #expect(largestDifference(found.velocity, expected) <= 1e-6)
        #expect(found.passes.all.count == 4)
    }

    @Test func theStateGoesThroughItsTensorsAndMetadata() {
        var state = ReuseState()
        #expect(state.tensors.isEmpty)
        #expect(ReuseState(tensors: state.tensors, metadata: state.metadata).metadata == state.metadata)
        state.conditional.first = seeded([2, 3], seed: 1)
        state.conditional.others = seeded([2, 3], seed: 2)
        state.unconditional.first = seeded([2, 3], seed: 3)
        state.unconditional.others = seeded([2, 3], seed: 4)
        state.difference = seeded([5], seed: 5)
        (state.conditional.skipped, state.unconditional.skipped, state.isPaired) = (2, 1, true)
        (state.conditional.tokens, state.unconditional.tokens) = ("1x2x2", "1x2x2")
        let restored = ReuseState(tensors: state.tensors, metadata: state.metadata)
        #expect(restored.metadata == state.metadata && state.metadata.count == 5)
        #expect(restored.tensors.mapValues(\.values) == state.tensors.mapValues(\.values))
        #expect(state.tensors.count == 5)
        #expect(restored.conditional.tokens == "1x2x2" && restored.unconditional.skipped == 1)
        #expect(restored.isPaired)
    }

    @Test func skippedPassesAreCounted() {
        let steps = [
            StepPasses(conditional: .computed, unconditional: .computed),
            StepPasses(conditional: .cached, unconditional: .reused),
            StepPasses(conditional: .computed, unconditional: .none),
        ]
        #expect(steps.summary == "2 of 5 passes skipped")
        #expect(steps.prefix(1).map { $0 }.summary == nil)
    }
}
