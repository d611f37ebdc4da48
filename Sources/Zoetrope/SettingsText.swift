/// What decides how much work a clip is, in one line.
package enum SettingsText {
    /// - Parameter stepTokens: of each sampling step
    package static func line(_ settings: GenerationSettings, stepTokens: [Int]) -> String {
        let reuse: [String?] = [
            settings.patch.map { "patch \($0)" }, settings.precision?.rawValue,
            settings.cache.map { "cache \($0)" }, settings.guidanceReuse.map { "guidance reused \($0)" },
        ]
        let compression: [String?] = [
            settings.compression?.merge.map { "merge \($0)" },
            settings.compression?.poolKeys.map { "pooled keys \($0)" },
            settings.compression?.attentionWindow.map { "attention window \($0)" },
        ]
        let guidance =
            "guidance \(settings.guidance)" + (settings.guidanceRule.map { " by \($0.rawValue)" } ?? "")
            + (settings.guidanceSteps.map { " at steps \($0)" } ?? "")
        let size: [String?] = [
            "\(settings.width)x\(settings.height)", "\(settings.frames) frames", "\(span(stepTokens)) tokens",
        ]
        let sampling: [String?] = [
            settings.ownImage.map { _ in "own image" },
            "\(settings.steps) steps of \(settings.sampler.rawValue)", guidance,
            settings.autoguidance.map { "autoguidance \($0)" },
            settings.skipGuidance.map { "skip guidance \($0)" },
        ]
        return (size + reuse + compression + sampling).compactMap(\.self).joined(separator: ", ")
    }

    /// "80", or "80 to 320" where steps differ.
    package static func span(_ tokens: [Int]) -> String {
        let (fewest, most) = (tokens.min() ?? 0, tokens.max() ?? 0)
        return fewest == most ? "\(most)" : "\(fewest) to \(most)"
    }
}
