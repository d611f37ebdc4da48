import Foundation

/// The clips of a report: inside it while they are small, beside it otherwise.
package struct ReportClips: Encodable {
    /// Bytes of clips that a report may hold; as text they take a third more.
    package static let mostBytes = 16 << 20

    package struct Entry: Encodable {
        let trial: Int
        let name: String
        let note: String
        let isBest: Bool
        /// Address of the clip for each prompt and seed; null where there is none.
        package let clips: [String?]
    }

    /// Prompt and seed of each clip.
    let cases: [String]
    package let trials: [Entry]
    /// Whether the report needs no other file.
    package let areInside: Bool

    package init(_ directory: SweepDirectory, summaries: [TrialSummary], best: Set<Int>) {
        let cases = directory.definition.cases
        let files = summaries.map { summary in
            cases.map { item in summary.records.first { $0.sweepCase == item && $0.clip != nil }?.clip }
        }
        let bytes = files.joined().compactMap { $0 }.reduce(0) { $0 + Self.size(of: directory.url, $1) }
        let areInside = bytes <= Self.mostBytes
        self.areInside = areInside
        self.cases = cases.map { "\($0.prompt) (seed \($0.seed))" }
        trials = zip(summaries, files).map { summary, files in
            Entry(
                trial: summary.trial.number, name: summary.trial.name, note: Self.note(summary),
                isBest: best.contains(summary.trial.number) || summary.trial.isBaseline,
                clips: files.map { $0.flatMap { Self.address(of: $0, in: directory.url, inside: areInside) } }
            )
        }
    }

    private static func size(of directory: URL, _ name: String) -> Int {
        let path = directory.appendingPathComponent(name).path
        return (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
    }

    private static func address(of name: String, in directory: URL, inside: Bool) -> String? {
        guard inside else { return name }
        guard let bytes = try? Data(contentsOf: directory.appendingPathComponent(name)) else { return nil }
        return "data:video/mp4;base64," + bytes.base64EncodedString()
    }

    private static func note(_ summary: TrialSummary) -> String {
        let seconds = summary.totalSeconds.map { "\(Markup.short($0.median)) s" }
        let psnr = summary.psnr.map {
            $0.median >= ClipQuality.identical ? "identical" : "\(Markup.decibels($0.median)) dB"
        }
        return [seconds, summary.trial.isBaseline ? nil : psnr].compactMap { $0 }.joined(separator: ", ")
    }
}
