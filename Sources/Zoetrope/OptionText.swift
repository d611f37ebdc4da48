/// The text of an option: a value, and named parts in any order behind it, as in `0.5,window=1x2x2,blocks=5-24`.
struct OptionText {
    /// What stands before the first comma.
    let value: String
    let parts: [String: String]

    /// A part that has no name or an unknown one, or comes twice.
    struct BadPart: Error {
        let text: String
    }

    /// - Parameter names: that a part may have
    init(_ text: String, names: [String]) throws(BadPart) {
        let fields = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        value = fields[0]
        var parts: [String: String] = [:]
        for field in fields.dropFirst() {
            let sides = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                .map(String.init)
            guard sides.count == 2, names.contains(sides[0]), parts[sides[0]] == nil else {
                throw BadPart(text: field)
            }
            parts[sides[0]] = sides[1]
        }
        self.parts = parts
    }

    /// What ``init(_:names:)`` reads: the value, and the parts that are not nil.
    static func description(_ value: String, _ parts: KeyValuePairs<String, String?>) -> String {
        ([value] + parts.compactMap { name, part in part.map { "\(name)=\($0)" } }).joined(separator: ",")
    }
}
