/// Which runs are done, which are wanted, and what the rest may take.
package struct SweepProgress {
    private struct Key: Hashable {
        let trial: Int
        let sweepCase: SweepCase
    }

    private let planned: [PlannedRun]
    private var finished: Set<PlannedRun> = []
    /// Repeating these would fail again.
    private var failed: Set<Key> = []
    /// Seconds of the runs of each trial.
    private var seconds: [Int: [Double]] = [:]

    package init(_ planned: [PlannedRun], records: [RunRecord]) {
        self.planned = planned
        for record in records { note(record, seconds: record.cost?.processSeconds) }
    }

    /// Runs that are done, and those that are left out because the trial failed.
    package var done: Int { planned.count - remaining.count }

    private var remaining: [PlannedRun] { planned.filter(wants) }

    package func wants(_ run: PlannedRun) -> Bool {
        !finished.contains(run) && !failed.contains(Key(trial: run.trial, sweepCase: run.sweepCase))
    }

    package mutating func add(_ record: RunRecord, took duration: Duration) {
        let parts = duration.components
        note(record, seconds: Double(parts.seconds) + Double(parts.attoseconds) * 1e-18)
    }

    private mutating func note(_ record: RunRecord, seconds: Double?) {
        let item = record.sweepCase
        finished.insert(
            PlannedRun(trial: record.trial, sweepCase: item, repetition: record.repetition))
        if record.error != nil {
            failed.insert(Key(trial: record.trial, sweepCase: item))
        } else if let seconds {
            self.seconds[record.trial, default: []].append(seconds)
        }
    }

    /// What a run of a trial takes: as its earlier ones, or as those of all trials.
    package func estimate(_ run: PlannedRun) -> Duration { .seconds(typicalSeconds(of: run.trial)) }

    private func typicalSeconds(of trial: Int) -> Double {
        let known = seconds[trial] ?? seconds.values.flatMap { $0 }
        return known.isEmpty ? 0 : known.reduce(0, +) / Double(known.count)
    }

    package var secondsLeft: Double {
        var typical: [Int: Double] = [:]
        return remaining.reduce(0) { sum, run in
            let seconds = typical[run.trial] ?? typicalSeconds(of: run.trial)
            typical[run.trial] = seconds
            return sum + seconds
        }
    }
}
