package import Tensors

/// What a step computes, as far as the settings alone say; whether the cache stands in for blocks is decided at the
/// step.
package struct StepPlan: Equatable, Sendable {
    package enum Guidance: Equatable, Sendable {
        /// The conditional velocity alone.
        case none
        /// Both passes.
        case computed
        /// The conditional pass, and the difference of an earlier pair.
        case reused
    }

    package let guidance: Guidance
    /// Whether blocks may be skipped where little has changed.
    package let maySkipBlocks: Bool
    /// Whether the difference of the two passes has to be there for later steps.
    package let keepsGuidance: Bool
    /// Whether there is a pass with coarser patches to lead away from.
    package let isAutoguided: Bool
    /// Whether there is a pass without some blocks to lead away from.
    package let isSkipGuided: Bool

    package init(
        guidance: Guidance, maySkipBlocks: Bool = false, keepsGuidance: Bool = false,
        isAutoguided: Bool = false, isSkipGuided: Bool = false
    ) {
        self.guidance = guidance
        self.maySkipBlocks = maySkipBlocks
        self.keepsGuidance = keepsGuidance
        self.isAutoguided = isAutoguided
        self.isSkipGuided = isSkipGuided
    }

    /// - Parameter patches: patch size of each step
    /// - Throws: ``OptionError``
    package static func plans(of settings: GenerationSettings, patches: [PatchSize]) throws -> [StepPlan] {
        let steps = patches.count
        try checkGuidance(settings)
        let cached = try settings.cache?.allowed(steps: steps) ?? 0..<0
        let reused = try settings.guidanceReuse?.allowed(steps: steps) ?? 0..<0
        let guided = try guidedSteps(of: settings, steps: steps)
        var sinceComputed: Int?  // steps from the last unconditional pass that may be reused to this step
        return try patches.indices.map { step in
            // Another patch size has other errors, which guidance would enlarge.
            let hasNewPatch = step > 0 && patches[step] != patches[step - 1]
            let isGuided = guided.contains(step)
            if !isGuided || hasNewPatch || !reused.contains(step) { sinceComputed = nil }
            let isReused = sinceComputed.map { $0 < settings.guidanceReuse?.every ?? 1 } ?? false
            if isGuided { sinceComputed = isReused ? sinceComputed.map { $0 + 1 } : 1 }
            return StepPlan(
                guidance: !isGuided ? .none : isReused ? .reused : .computed,
                maySkipBlocks: cached.contains(step), keepsGuidance: !reused.isEmpty,
                isAutoguided: try settings.autoguidance?.guides(step: step, of: patches[step], count: steps)
                    ?? false,
                isSkipGuided: try settings.skipGuidance?.guides(step: step, count: steps) ?? false)
        }
    }

    private static func checkGuidance(_ settings: GenerationSettings) throws {
        guard settings.guidance == 1 else { return }
        let options: [(any TextSetting)?] = [settings.guidanceReuse, settings.guidanceSteps]
        for case let option? in options {
            throw OptionError.noGuidance(option: type(of: option).option, found: option.description)
        }
    }

    private static func guidedSteps(of settings: GenerationSettings, steps: Int) throws -> Range<Int> {
        if settings.guidance == 1 { return 0..<0 }
        return try settings.guidanceSteps?.guided(of: steps) ?? 0..<steps
    }
}
