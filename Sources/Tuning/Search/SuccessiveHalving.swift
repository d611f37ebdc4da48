import Foundation

/// Looks for the trial that meets a goal best: all are measured a little, the better half more, and so on.
///
/// - Source: Jamieson, Talwalkar, "Non-stochastic best arm identification and hyperparameter optimization", AISTATS
///   2016, algorithm 1; what grows from round to round is the number of prompts, seeds and repeats
package struct SuccessiveHalving: Sendable {
    /// Trials that are measured to the end.
    private static let finalists = 4
    private static let mostRepeats = 3

    private let definition: SweepDefinition
    private let goal: TuningGoal

    package init(_ definition: SweepDefinition, goal: TuningGoal) {
        self.definition = definition
        self.goal = goal
    }

    /// - Parameter measure: makes the runs that are not there yet and returns all of the sweep
    /// - Returns: all runs, as `measure` returned them last
    /// - Throws: what `measure` throws
    package func search(
        _ measure: ([PlannedRun]) async throws -> [RunRecord]
    ) async throws -> [RunRecord] {
        var alive = definition.trials
        for round in 0... {
            let cases = Array(definition.cases.prefix(1 << min(round, 20)))
            let repeats = min(round + 1, Self.mostRepeats)
            let records = try await measure(runs(of: alive, cases: cases, repeats: repeats))
            let isMeasured = cases.count == definition.cases.count && repeats == Self.mostRepeats
            let ranked = ranked(alive, records)
            if isMeasured && alive.count <= Self.finalists || ranked.isEmpty { return records }
            alive = ranked.prefix(max(Self.finalists, (ranked.count + 1) / 2)).map(\.trial)
        }
        return []
    }

    /// The trials of a search from the best to the worst.
    package func ranked(_ trials: [Trial], _ records: [RunRecord]) -> [TrialSummary] {
        goal.ranked(trials.map { TrialSummary($0, records: records) })
    }

    /// Of the trials that were measured most; others may owe their place to a single run.
    package func best(_ records: [RunRecord]) -> TrialSummary? {
        let summaries = definition.trials.map { TrialSummary($0, records: records) }
        let most = summaries.filter { !$0.trial.isBaseline && $0.error == nil }.map(\.runs).max() ?? 0
        return goal.ranked(summaries.filter { $0.runs * 2 > most }).first
    }

    /// Every round needs the baseline's clips.
    private func runs(of alive: [Trial], cases: [SweepCase], repeats: Int) -> [PlannedRun] {
        let baseline = definition.trials[0]
        let all = SweepOrder.runs(
            trials: alive.contains(baseline) ? alive : [baseline] + alive, cases: cases, repeats: repeats,
            seed: 0)
        return all.filter { alive.contains(baseline) || $0.trial != 0 || $0.repetition == 0 }
    }
}
