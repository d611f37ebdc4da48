import Foundation

/// Regular expression on scalars, in ICU's syntax.
///
/// Bytes are matched as text of the scalars 0 to FF.
struct Pattern: Sendable {
    private let expression: NSRegularExpression

    init(_ pattern: String) {
        do {
            expression = try NSRegularExpression(pattern: pattern)
        } catch {
            preconditionFailure("'\(pattern)' is no regular expression")
        }
    }

    func matches(in text: String) -> Bool {
        expression.firstMatch(in: text, range: NSRange(location: 0, length: text.utf16.count)) != nil
    }

    /// The text with every match replaced.
    func replacing(in text: String, with replacement: (String) -> String) -> String {
        let source = NSString(string: text)
        let matches = expression.matches(in: text, range: NSRange(location: 0, length: source.length))
        guard !matches.isEmpty else { return text }
        var result = ""
        var position = 0
        for match in matches {
            result += source.substring(
                with: NSRange(location: position, length: match.range.location - position))
            result += replacement(source.substring(with: match.range))
            position = match.range.location + match.range.length
        }
        return result + source.substring(from: position)
    }
}
