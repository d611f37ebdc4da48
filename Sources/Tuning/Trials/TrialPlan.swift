package import Zoetrope

/// What a trial would compute and hold, known before it runs: the part of a ``RunPlan`` that a sweep's results keep.
package struct TrialPlan: Codable, Equatable, Sendable {
    /// Tokens that the transformer works on at each step.
    package let stepTokens: [Int]
    /// Of the sampling steps, an addition and a multiplication counting as two. Blocks that `--cache` will leave out are
    /// in it, because that is decided during the run.
    package let samplingOperations: Int
    /// Seconds of the sampling steps at the rates of this machine; nil where these were not asked for.
    package let samplingSeconds: Double?
    /// Largest resident set.
    package let peakBytes: Int

    package init(stepTokens: [Int], samplingOperations: Int, samplingSeconds: Double?, peakBytes: Int) {
        self.stepTokens = stepTokens
        self.samplingOperations = samplingOperations
        self.samplingSeconds = samplingSeconds
        self.peakBytes = peakBytes
    }

    package init(_ plan: RunPlan) {
        let sample = Stage.sample.rawValue
        self.init(
            stepTokens: plan.stepTokens,
            samplingOperations: plan.operations[sample]?.values.reduce(0, +) ?? 0,
            samplingSeconds: plan.seconds?[sample], peakBytes: plan.peakBytes)
    }

    package var mostTokens: Int { stepTokens.max() ?? 0 }
    package var meanTokens: Double {
        stepTokens.isEmpty ? 0 : Double(stepTokens.reduce(0, +)) / Double(stepTokens.count)
    }
}
