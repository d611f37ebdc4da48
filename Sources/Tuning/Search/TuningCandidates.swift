package import Zoetrope

/// Settings that are worth a try with any model: fewer steps, 8 bits, and the patch sizes with fewer tokens than the
/// base, for all steps or for the first half of them. An option that may save something belongs here.
package enum TuningCandidates {
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
            return ([nil] + coarse + schedules).flatMap { patch in
                ["fp32", "int8"].map { precision in
                    [OptionChoice("steps", .text("\(steps)")), OptionChoice("precision", .text(precision))]
                        + (patch.map { [OptionChoice("patch", .text($0))] } ?? [])
                }
            }
        }
    }

    private static func unique(_ values: [Int]) -> [Int] {
        values.indices.filter { !values[..<$0].contains(values[$0]) }.map { values[$0] }
    }
}
