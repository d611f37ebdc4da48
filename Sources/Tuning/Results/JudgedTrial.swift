import Foundation

/// One line of `judged.jsonl`, which `Scripts/judge-trials` writes: how often the clips of a trial show what their prompts
/// ask for.
package struct JudgedTrial: Codable, Equatable, Sendable {
    package let trial: Int
    /// Clips that were judged.
    package let clips: Int
    /// Share of the clips, 0 to 1, that are right in subject, motion, background, `subject and motion`, and all.
    package let shares: [String: Double]

    package init(trial: Int, clips: Int, shares: [String: Double]) {
        self.trial = trial
        self.clips = clips
        self.shares = shares
    }

    /// Both right: what a clip is about.
    package var subjectAndMotion: Double? { shares["subject and motion"] }
}

extension SweepDirectory {
    private static let judgedName = "judged.jsonl"

    /// What the judge said of the trials, by their numbers; of several lines the last one holds. Empty where it was not
    /// asked.
    ///
    /// - Throws: ``SweepError/unreadable(path:reason:)``
    package func judged() throws(SweepError) -> [Int: JudgedTrial] {
        let file = url.appendingPathComponent(Self.judgedName).path
        guard FileManager.default.fileExists(atPath: file) else { return [:] }
        var trials: [Int: JudgedTrial] = [:]
        for (index, line) in try readFile(file).split(separator: UInt8(ascii: "\n")).enumerated() {
            guard let trial = try? JSONDecoder().decode(JudgedTrial.self, from: line) else {
                throw .unreadable(
                    path: file,
                    reason: "line \(index + 1) is nothing that Scripts/judge-trials writes; remove it")
            }
            trials[trial.trial] = trial
        }
        return trials
    }
}
