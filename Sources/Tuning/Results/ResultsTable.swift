import Foundation
import Zoetrope

/// `results.csv`: a row for each trial, prompt and seed. Seconds and bytes are medians over the runs.
package enum ResultsTable {
    /// - Parameter judged: what the judge said, by the numbers of trials; stands in each row of a trial
    package static func csv(
        _ definition: SweepDefinition, records: [RunRecord], judged: [Int: JudgedTrial] = [:]
    ) -> String {
        var lines = [columns.joined(separator: ",")]
        for trial in definition.trials {
            for item in definition.cases {
                let row = Row(
                    summary: TrialSummary(trial, records: records, at: item, judged: judged),
                    item: item, definition: definition)
                if !row.summary.records.isEmpty {
                    lines.append(row.fields.map(quoted).joined(separator: ","))
                }
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    package static let columns =
        [
            "trial", "name", "prompt", "seed", "runs", "total_seconds", "total_seconds_least",
            "total_seconds_most",
        ]
        + Stage.allCases.map { "\($0.rawValue)_seconds" }
        + [
            "transformer_seconds", "transformer_seconds_least", "transformer_seconds_most", "process_seconds",
            "planned_peak_bytes", "peak_bytes", "most_tokens", "mean_tokens", "passes", "cached_passes",
            "planned_operations", "share_of_rates", "latent_relative_l2", "psnr", "ssim", "flicker",
            "flicker_ratio",
        ] + judgedColumns.map { "judged_" + $0.replacing(" ", with: "_") }
        + ["judged_clips", "clip", "command", "error"]

    private static let judgedColumns = ["subject and motion", "subject", "motion", "background", "all"]

    private struct Row {
        let summary: TrialSummary
        let item: SweepCase
        let definition: SweepDefinition

        var fields: [String] {
            let stages = Stage.allCases.map { number(summary.seconds(of: $0.rawValue)?.median, 4) }
            return [
                "\(summary.trial.number)", summary.trial.name, item.prompt, "\(item.seed)", "\(summary.runs)",
            ]
                + spread(summary.totalSeconds) + stages + spread(summary.transformerSeconds)
                + [
                    number(summary.processSeconds?.median, 4),
                    number(summary.plan.map { Double($0.peakBytes) }, 0),
                    number(summary.peakBytes?.median, 0),
                    summary.mostTokens.map(String.init) ?? "", number(summary.meanTokens, 1),
                    number(summary.computedPasses?.median, 0), number(summary.cachedPasses?.median, 0),
                    number(summary.operations, 0), number(summary.shareOfRates, 4),
                    number(summary.latentRelativeL2?.median, 6), number(summary.psnr?.median, 3),
                    number(summary.ssim?.median, 6), number(summary.flicker?.median, 4),
                    number(summary.flickerRatio?.median, 4),
                ] + ResultsTable.judgedColumns.map { number(summary.judged?.shares[$0], 4) }
                + [
                    summary.judged.map { "\($0.clips)" } ?? "",
                    summary.records.compactMap(\.clip).first ?? "",
                    Repetition.command(summary.trial, item, of: definition), summary.error ?? "",
                ]
        }

        private func spread(_ spread: Spread?) -> [String] {
            [spread?.median, spread?.least, spread?.most].map { number($0, 4) }
        }

        private func number(_ value: Double?, _ digits: Int) -> String {
            value.map { String(format: "%.\(digits)f", $0) } ?? ""
        }
    }

    /// - Source: RFC 4180
    private static func quoted(_ field: String) -> String {
        guard field.contains(where: { ",\"\n\r".contains($0) }) else { return field }
        return "\"" + field.replacing("\"", with: "\"\"") + "\""
    }
}
