import Foundation
import Tuning
import Zoetrope

/// Shows on standard error where a sweep is.
struct SweepPrinter: Sendable {
    let printer: ProgressPrinter

    init(quiet: Bool) { printer = ProgressPrinter(quiet: quiet) }

    func show(_ event: SweepEvent) {
        switch event {
        case let .started(runs, done):
            let resumed = done == 0 ? "" : ", \(done) of them done already"
            printer.note("\(runs) runs\(resumed)", last: true)
        case let .running(trial, item):
            printer.note("trial \(trial.number)  \(trial.name)  seed \(item.seed)  running")
        case let .finished(record, done, runs, left): show(record, done, runs, left)
        }
    }

    private func show(_ record: RunRecord, _ done: Int, _ runs: Int, _ left: Double) {
        let place = "run \(done) of \(runs)  trial \(record.trial)  \(record.name)  seed \(record.seed)"
        if let error = record.error { return printer.line("\(place)  failed: \(error)") }
        var facts = record.cost.map { [durationText($0.totalSeconds)] } ?? []
        if let peak = record.cost?.peakResidentBytes { facts.append(byteText(peak)) }
        if record.trial != 0, let psnr = record.quality?.psnr { facts.append(decibels(psnr)) }
        printer.note(
            "\(place)  \(facts.joined(separator: "  "))  \(durationText(left)) left", last: done == runs)
    }

    /// Trials that cannot run, before the others begin.
    func show(_ problems: [Int: String], of definition: SweepDefinition) {
        for trial in definition.trials {
            guard let problem = problems[trial.number] else { continue }
            printer.line("warning: trial \(trial.number), '\(trial.name)', cannot run: \(problem)")
        }
    }

    private static func facts(_ plan: TrialPlan) -> String {
        let operations = String(format: "%.3g", Double(plan.samplingOperations) * 1e-9)
        return "  \(plan.mostTokens) tokens  \(operations)e9 operations  peak \(byteText(plan.peakBytes))"
    }

    /// Medians of a trial.
    static func facts(_ summary: TrialSummary) -> String {
        [
            summary.totalSeconds.map { durationText($0.median) },
            summary.peakBytes.map { byteText(Int($0.median)) },
            summary.psnr.map { decibels($0.median) },
        ].compactMap { $0 }.joined(separator: ", ")
    }

    /// One line for each trial, on standard output.
    func list(_ definition: SweepDefinition, _ forecast: TrialOptions.Forecast) {
        for trial in definition.trials {
            let plan = forecast.plans[trial.number].map(Self.facts) ?? ""
            let ending = forecast.problems[trial.number] == nil ? "" : "  (cannot run)"
            print("\(trial.number)  \(trial.name)\(plan)\(ending)")
        }
        let cases = definition.cases.count
        print("\(definition.trials.count) trials of \(cases) \(cases == 1 ? "clip" : "clips")")
    }
}

private func decibels(_ value: Double) -> String {
    value >= ClipQuality.identical ? "identical" : String(format: "%.1f dB", value)
}
