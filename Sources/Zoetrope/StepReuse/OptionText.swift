/// An option such as `0.08,steps=2-9,at-most=3`: a value, and named fields in any order behind it.
struct OptionText {
    let value: String
    let fields: [String: String]

    /// - Parameter names: that a field may have
    /// - Throws: ``StepReuseError/text(option:found:part:)`` for a field that has no name or another, or comes
    ///   twice
    init(_ text: String, of option: StepReuseOption, names: [String]) throws {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        var fields: [String: String] = [:]
        for part in parts.dropFirst() {
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                .map(String.init)
            guard sides.count == 2, names.contains(sides[0]), fields[sides[0]] == nil else {
                throw StepReuseError.text(option: option, found: text, part: part)
            }
            fields[sides[0]] = sides[1]
        }
        value = parts[0]
        self.fields = fields
    }
}
