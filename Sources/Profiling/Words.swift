import Foundation

/// Amounts as people say them, and text for HTML.
enum Words {
    /// Three digits that count: 0.412, 3.21, 45.3, 812.
    static func number(_ value: Double) -> String {
        String(format: value < 1 ? "%.3f" : value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value)
    }

    /// "37 %"; "-" where there is nothing to have a share of.
    static func share(_ part: Double, of whole: Double) -> String {
        guard whole > 0 else { return "-" }
        let percent = 100 * part / whole
        return String(format: percent < 10 ? "%.1f %%" : "%.0f %%", percent)
    }

    /// A length in CSS: "37.25%".
    static func percent(_ share: Double) -> String { String(format: "%.2f%%", 100 * share) }

    /// Operations: "12.3 G", "1.20 T".
    static func operations(_ count: Int) -> String {
        let value = Double(count)
        for (unit, size) in [("T", 1e12), ("G", 1e9), ("M", 1e6), ("k", 1e3)] where value >= size {
            return number(value / size) + " " + unit
        }
        return "\(count)"
    }

    /// For HTML text and attributes in double quotes.
    static func markup(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }
}
