/// What a user wants of settings.
package struct TuningGoal: Equatable, Sendable {
    /// Seconds of a run, at most.
    package var seconds: Double?
    /// Largest resident set, at most.
    package var peakBytes: Double?
    /// Decibels against the baseline, at least.
    package var psnr: Double?

    package init(seconds: Double? = nil, peakBytes: Double? = nil, psnr: Double? = nil) {
        self.seconds = seconds
        self.peakBytes = peakBytes
        self.psnr = psnr
    }

    /// How good a trial is: first by what it lacks, then by what is left to choose. Where the picture has a bound, that
    /// is time; otherwise it is the picture.
    package struct Score: Comparable, Sendable {
        /// Shares by which it is over or below the bounds; 0 where it keeps them all.
        package let lack: Double
        let price: Double

        package static func < (a: Score, b: Score) -> Bool { (a.lack, a.price) < (b.lack, b.price) }
    }

    /// Nil for a trial that failed or was not measured.
    package func score(_ summary: TrialSummary) -> Score? {
        guard summary.error == nil, let time = summary.totalSeconds?.median,
            let quality = summary.psnr?.median
        else { return nil }
        var lack = 0.0
        if let seconds { lack += max(0, time / seconds - 1) }
        if let peakBytes, let peak = summary.peakBytes?.most { lack += max(0, peak / peakBytes - 1) }
        if let psnr { lack += max(0, (psnr - quality) / psnr) }
        return Score(lack: lack, price: psnr == nil ? -quality : time)
    }

    /// Trials from the best to the worst; those without a score are left out. Of equals the first goes before.
    package func ranked(_ summaries: [TrialSummary]) -> [TrialSummary] {
        let scored = summaries.compactMap { summary in score(summary).map { (summary, $0) } }
        return scored.sorted { ($0.1, $0.0.trial.number) < ($1.1, $1.0.trial.number) }.map(\.0)
    }
}
