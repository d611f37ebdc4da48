import Foundation
import Zoetrope

/// `results.csv`: a row for each trial, prompt and seed. Seconds and bytes are medians over the runs.
package enum ResultsTable {
    package static func csv(_ definition: SweepDefinition, records: [RunRecord]) -> String {
        var lines = [columns.joined(separator: ",")]
        for trial in definition.trials {
            for item in definition.cases {
                let row = Row(
                    summary: TrialSummary(trial, records: records, at: item), item: item,
                    definition: definition)
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
            "peak_bytes", "most_tokens", "mean_tokens", "latent_relative_l2", "psnr", "ssim", "flicker",
            "flicker_ratio", "clip", "command", "error",
        ]

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
                    number(summary.processSeconds?.median, 4), number(summary.peakBytes?.median, 0),
                    summary.mostTokens.map(String.init) ?? "", number(summary.meanTokens, 1),
                    number(summary.latentRelativeL2?.median, 6), number(summary.psnr?.median, 3),
                    number(summary.ssim?.median, 6), number(summary.flicker?.median, 4),
                    number(summary.flickerRatio?.median, 4),
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
