internal import Tensors

/// What a step computes, as far as the settings alone say; whether a cache stands in for blocks is decided at the step.
struct StepPlan: Equatable, Sendable {
    enum Guidance: Equatable, Sendable {
        /// The conditional velocity alone.
        case none
        /// Both passes.
        case computed
        /// The conditional pass, led on by what is known of an earlier unconditional one.
        case reused
    }

    let guidance: Guidance
    /// Whether blocks may be skipped where little has changed.
    let maySkipBlocks: Bool

    /// - Parameter patches: patch size of each step
    /// - Throws: ``StepReuseError``
    static func plans(of settings: GenerationSettings, patches: [PatchSize]) throws -> [StepPlan] {
        let steps = patches.count
        try checkGuidance(settings)
        let cached = try settings.cache?.allowed(steps: steps) ?? 0..<0
        let reused = try settings.guidanceReuse?.indices(steps: steps)
        let guided = try guidedSteps(of: settings, steps: steps)
        var sinceComputed: Int?  // steps from the last unconditional pass to the next step
        return patches.indices.map { step in
            // Another patch size has other errors, which guidance would enlarge.
            if reused?.contains(step) != true || step > 0 && patches[step] != patches[step - 1] {
                sinceComputed = nil
            }
            guard guided.contains(step) else {
                sinceComputed = nil
                return StepPlan(guidance: .none, maySkipBlocks: cached.contains(step))
            }
            let isDue = sinceComputed.map { $0 >= (settings.guidanceReuse?.every ?? 1) } ?? true
            sinceComputed = isDue ? 1 : sinceComputed.map { $0 + 1 }
            return StepPlan(guidance: isDue ? .computed : .reused, maySkipBlocks: cached.contains(step))
        }
    }

    private static func checkGuidance(_ settings: GenerationSettings) throws {
        let options: [(StepReuseOption, String?)] = [
            (.reuseGuidance, settings.guidanceReuse?.description),
            (.guidanceSteps, settings.guidanceSteps?.description),
        ]
        for case let (option, found?) in options where settings.guidance == 1 {
            throw StepReuseError.noGuidance(option: option, found: found)
        }
    }

    private static func guidedSteps(of settings: GenerationSettings, steps: Int) throws -> Range<Int> {
        if settings.guidance == 1 { return 0..<0 }
        guard let range = settings.guidanceSteps else { return 0..<steps }
        guard let indices = range.indices(steps: steps) else {
            throw StepReuseError.stepsOutside(
                option: .guidanceSteps, found: range.description, range: range.description, steps: steps)
        }
        return Range(indices)
    }
}
