/// What is known of a trial, or of a trial at one prompt and seed.
package struct TrialSummary: Sendable {
    package let trial: Trial
    package let records: [RunRecord]

    /// - Parameter records: all of a sweep; those of other trials do not count
    package init(_ trial: Trial, records: [RunRecord], at item: SweepCase? = nil) {
        self.trial = trial
        self.records = records.filter { $0.trial == trial.number && (item == nil || $0.sweepCase == item) }
    }

    private var costs: [RunCost] { records.compactMap(\.cost) }
    private var qualities: [ClipQuality] { records.compactMap(\.quality) }

    package var runs: Int { costs.count }
    /// The first error.
    package var error: String? { records.compactMap(\.error).first }
    package var totalSeconds: Spread? { Spread(costs.map(\.totalSeconds)) }
    package var processSeconds: Spread? { Spread(costs.map(\.processSeconds)) }
    package var transformerSeconds: Spread? { Spread(costs.map(\.transformerSeconds)) }
    package var peakBytes: Spread? { Spread(costs.compactMap { $0.peakResidentBytes.map(Double.init) }) }
    package var mostTokens: Int? { costs.map(\.mostTokens).max() }
    package var meanTokens: Double? { costs.first?.meanTokens }
    package var latentRelativeL2: Spread? { Spread(qualities.compactMap(\.latentRelativeL2)) }
    package var psnr: Spread? { Spread(qualities.compactMap(\.psnr)) }
    package var ssim: Spread? { Spread(qualities.compactMap(\.ssim)) }
    package var flicker: Spread? { Spread(qualities.map(\.flicker)) }
    package var flickerRatio: Spread? { Spread(qualities.compactMap(\.flickerRatio)) }

    /// Nil where no run had the stage.
    package func seconds(of stage: String) -> Spread? { Spread(costs.compactMap { $0.seconds[stage] }) }
}
