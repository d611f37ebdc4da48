/// What is known of a trial, or of a trial at one prompt and seed.
package struct TrialSummary: Sendable {
    package let trial: Trial
    package let records: [RunRecord]
    /// Nil where the judge was not asked.
    package let judged: JudgedTrial?

    /// - Parameters:
    ///   - records: all of a sweep; those of other trials do not count
    ///   - judged: what the judge said, by the numbers of trials
    package init(
        _ trial: Trial, records: [RunRecord], at item: SweepCase? = nil, judged: [Int: JudgedTrial] = [:]
    ) {
        self.judged = judged[trial.number]
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
    package var mostTokens: Int? { costs.map(\.mostTokens).max() ?? plan?.mostTokens }
    package var meanTokens: Double? { costs.first?.meanTokens ?? plan?.meanTokens }
    package var plan: TrialPlan? { records.compactMap(\.plan).first }
    /// Passes through the transformer, whole ones and those that a cache cut short; median over runs.
    package var computedPasses: Spread? { Spread(costs.map { Double($0.computedPasses) }) }
    package var cachedPasses: Spread? { Spread(costs.map { Double($0.cachedPasses) }) }
    /// Operations of the sampling steps; ``isWorkCut`` says whether that is what was computed or a bound.
    package var operations: Double? { plan.map { Double($0.samplingOperations) } }
    /// Whether a cache left out blocks that ``operations`` counts.
    package var isWorkCut: Bool { costs.contains { $0.cachedPasses > 0 } }
    /// Seconds of the sampling steps at the rates of the machine over those that they took; nil where a cache left out
    /// work.
    package var shareOfRates: Double? {
        guard !isWorkCut, let planned = plan?.samplingSeconds,
            let taken = seconds(of: "sample")?.median, taken > 0
        else { return nil }
        return planned / taken
    }
    package var latentRelativeL2: Spread? { Spread(qualities.compactMap(\.latentRelativeL2)) }
    /// Of the latents behind each step, median over clips; nil where the baseline has another number of steps.
    package var stepRelativeL2: [Double]? {
        let clips = qualities.compactMap(\.stepRelativeL2)
        guard let steps = clips.first?.count, clips.allSatisfy({ $0.count == steps }) else { return nil }
        return (0..<steps).compactMap { step in Spread(clips.map { $0[step] })?.median }
    }
    package var psnr: Spread? { Spread(qualities.compactMap(\.psnr)) }
    package var ssim: Spread? { Spread(qualities.compactMap(\.ssim)) }
    package var flicker: Spread? { Spread(qualities.map(\.flicker)) }
    package var flickerRatio: Spread? { Spread(qualities.compactMap(\.flickerRatio)) }

    /// Nil where no run had the stage.
    package func seconds(of stage: String) -> Spread? { Spread(costs.compactMap { $0.seconds[stage] }) }
}
