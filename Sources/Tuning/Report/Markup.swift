import Foundation

/// Text for HTML, in words that a browser reads as they are meant.
enum Markup {
    /// For text and for attributes in double quotes.
    static func text(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }

    /// JSON inside a script element, which ends at the first `</`.
    static func json(_ value: some Encodable) throws -> String {
        String(decoding: try SweepJSON.line(value), as: UTF8.self).replacing("<", with: "\\u003c")
    }

    static func number(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }

    /// Where something stands in a picture.
    static func place(_ value: Double) -> String { number(value, 1) }

    /// Three digits that count: 0.412, 3.21, 45.3, 812.
    static func short(_ value: Double) -> String {
        let digits = value < 1 ? 3 : value < 10 ? 2 : value < 100 ? 1 : 0
        return number(value, digits)
    }

    static func mebibytes(_ bytes: Double) -> Double { bytes / 1_048_576 }

    static func decibels(_ value: Double) -> String {
        value >= ClipQuality.identical ? "identical" : number(value, 1)
    }
}
