import Foundation

/// Colours by meaning; the style sheet gives them for light and dark.
enum PageColors {
    private static let uses = [
        "weights", "mapped", "caches", "frames", "activations", "attention", "scratch", "waiting",
    ]
    private static let kernels = [
        "product", "productInt8", "fewRows", "convolution", "attentionInt8", "attention", "rows", "loading",
    ]

    /// What is resident beside tensors and weights.
    static let untracked = "var(--untracked)"
    static let rest = "var(--untracked)"

    static func use(_ name: String) -> String { color(name, in: uses) }
    /// A run has one narrow format, so these share their colours.
    static func kernel(_ name: String) -> String {
        color(name.replacingOccurrences(of: "Float16", with: "Int8"), in: kernels)
    }

    /// Names that are not known here have the last colour.
    private static func color(_ name: String, in names: [String]) -> String {
        "var(--color-\((names.firstIndex(of: name) ?? names.count - 1) + 1))"
    }
}
