package import Zoetrope

/// One line of `results.jsonl`: one run of one trial.
package struct RunRecord: Codable, Equatable, Sendable {
    package var trial: Int
    package var name: String
    package var prompt: String
    package var seed: UInt64
    /// From 0; quality is measured in the first run of a trial only, because the others make the same bytes.
    package var repetition: Int
    /// Why there is no clip.
    package var error: String?
    /// Of the trial, as it was known beforehand.
    package var plan: TrialPlan?
    package var cost: RunCost?
    package var quality: ClipQuality?
    /// Path of the clip below the sweep's directory.
    package var clip: String?

    package init(trial: Trial, of item: SweepCase, repetition: Int) {
        self.trial = trial.number
        name = trial.name
        prompt = item.prompt
        seed = item.seed
        self.repetition = repetition
    }

    enum CodingKeys: String, CodingKey {
        case trial, name, prompt, seed, error, plan, cost, quality, clip
        case repetition = "repeat"
    }

    package var sweepCase: SweepCase { SweepCase(prompt: prompt, seed: seed) }
}

/// What one run took.
package struct RunCost: Codable, Equatable, Sendable {
    /// Of each stage, wall clock.
    package var seconds: [String: Double]
    /// Of the run as it reports them.
    package var totalSeconds: Double
    /// Of the whole process, its start included.
    package var processSeconds: Double
    /// Of each transformer step.
    package var stepSeconds: [Double]
    /// Largest resident set of the process.
    package var peakResidentBytes: Int?
    /// Of each step.
    package var stepTokens: [Int]
    /// What each step computed and what it took from an earlier one.
    package var stepPasses: [StepPasses]
    package var threads: Int
    package var kernels: String

    package init(
        seconds: [String: Double], totalSeconds: Double, processSeconds: Double, stepSeconds: [Double],
        peakResidentBytes: Int?, stepTokens: [Int], stepPasses: [StepPasses] = [], threads: Int,
        kernels: String
    ) {
        self.seconds = seconds
        self.totalSeconds = totalSeconds
        self.processSeconds = processSeconds
        self.stepSeconds = stepSeconds
        self.peakResidentBytes = peakResidentBytes
        self.stepTokens = stepTokens
        self.stepPasses = stepPasses
        self.threads = threads
        self.kernels = kernels
    }

    package var transformerSeconds: Double { stepSeconds.reduce(0, +) }
    package var mostTokens: Int { stepTokens.max() ?? 0 }
    package var meanTokens: Double {
        stepTokens.isEmpty ? 0 : Double(stepTokens.reduce(0, +)) / Double(stepTokens.count)
    }
}

extension RunCost {
    /// Passes through all blocks.
    package var computedPasses: Int { passes(.computed) }
    /// Passes of which the first block alone was computed.
    package var cachedPasses: Int { passes(.cached) }

    private func passes(_ kind: StepPasses.Pass) -> Int {
        stepPasses.reduce(0) { $0 + $1.all.count { $0 == kind } }
    }
}
