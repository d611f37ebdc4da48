package import Zoetrope

/// Settings that are worth a try with any model: fewer steps, 8 bits, the patch sizes with fewer tokens than the base (for
/// all steps or for the first half of them), and work that steps and tokens may leave out. An option that may save
/// something belongs here. Half is not tried: where it saves time or memory, 8 bits save more.
package enum TuningCandidates {
    /// Where windows hold a good part of the tokens, attention in windows saves little.
    private static let window = (text: "5x16x24", tokens: 5 * 16 * 24)

    /// - Parameters:
    ///   - baseline: what the base settings mean
    ///   - patchSizes: those of the model
    package static func choices(
        around baseline: GenerationSettings, patchSizes: [PatchSizeSummary]
    ) -> [[OptionChoice]] {
        let base = patchSizes.first(where: \.isBase)
        let coarse = patchSizes.filter { $0.tokens < base?.tokens ?? 0 }.map(\.size)
        let steps = [1, 0.75, 0.5].map { max(1, Int((Double(baseline.steps) * $0).rounded())) }
        return unique(steps).flatMap { steps in
            let schedules =
                base.map { base in steps > 1 ? coarse.map { "\($0):\(steps / 2),\(base.size)" } : [] } ?? []
            let patches = ([nil] + coarse + schedules).map { patch in
                patch.map { [OptionChoice("patch", .text($0))] } ?? []
            }
            let ways = leavingOut(baseline, steps: steps, tokens: base?.tokens ?? 0)
            return (patches + ways.map { [$0] }).flatMap { further in
                ["fp32", "int8"].map { precision in
                    [OptionChoice("steps", .text("\(steps)")), OptionChoice("precision", .text(precision))]
                        + further
                }
            }
        }
    }

    /// Ways to leave out work, in late steps where that is a choice: in early ones they move what the clip shows.
    private static func leavingOut(
        _ baseline: GenerationSettings, steps: Int, tokens: Int
    ) -> [OptionChoice] {
        // With fewer there is nothing between the first quarter and the last step.
        guard steps >= 4 else { return [] }
        let half = steps / 2
        var ways = [
            ("cache", "0.1"), ("merge", "0.25,steps=\(half)-"), ("pool-keys", "1x1x2,steps=\(half)-"),
        ]
        if baseline.guidance != 1 {
            ways += [("reuse-guidance", "2"), ("guidance-steps", "0-\(half - 1)")]
        }
        if tokens > 2 * window.tokens { ways.append(("attention-window", "\(window.text),steps=\(half)-")) }
        return ways.map { OptionChoice($0.0, .text($0.1)) }
    }

    private static func unique(_ values: [Int]) -> [Int] {
        values.indices.filter { !values[..<$0].contains(values[$0]) }.map { values[$0] }
    }
}
