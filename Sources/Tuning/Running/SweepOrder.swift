/// One run of a sweep.
package struct PlannedRun: Hashable, Sendable {
    package let trial: Int
    package let sweepCase: SweepCase
    package let repetition: Int

    package init(trial: Int, sweepCase: SweepCase, repetition: Int) {
        self.trial = trial
        self.sweepCase = sweepCase
        self.repetition = repetition
    }
}

/// The order of runs: baselines first, because all else is compared with them; then one round of all trials after
/// the other, each shuffled, so that a slow minute of the machine falls on all trials alike.
package enum SweepOrder {
    /// - Parameter seed: the same seed shuffles a round in the same way, also where rounds are added later
    package static func runs(
        trials: [Trial], cases: [SweepCase], repeats: Int, seed: UInt64
    ) -> [PlannedRun] {
        let baselines = cases.map { PlannedRun(trial: 0, sweepCase: $0, repetition: 0) }
        return (0..<repeats).reduce(into: baselines) { runs, round in
            var generator = SplitMix64(state: seed &+ UInt64(round) &* 0x9E37_79B9_7F4A_7C15)
            let all = trials.filter { round > 0 || !$0.isBaseline }.flatMap { trial in
                cases.map { PlannedRun(trial: trial.number, sweepCase: $0, repetition: round) }
            }
            runs += all.shuffled(using: &generator)
        }
    }
}

/// - Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014, figure 17
private struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}
