internal import Tensors

/// The text of an option: a value, and named parts behind it, as in `0.5,window=1x2x2,blocks=5-24`.
struct OptionText {
    /// Such as `--merge`.
    let option: String
    let text: String
    /// What stands before the first comma.
    let value: String
    private let parts: [String: String]

    /// - Parameter names: of the parts that this option has, each with an example
    /// - Throws: ``CompressionError/part(option:found:part:known:)`` for parts that are unknown or there twice
    init(_ text: String, of option: String, names: KeyValuePairs<String, String>) throws {
        let fields = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        (self.option, self.text, value) = (option, text, fields[0])
        var parts: [String: String] = [:]
        for field in fields.dropFirst() {
            let sides = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(
                String.init)
            guard sides.count == 2, names.contains(where: { $0.key == sides[0] }), parts[sides[0]] == nil
            else {
                let known = names.map { "\($0.key)=\($0.value)" }
                throw CompressionError.part(option: option, found: text, part: field, known: known)
            }
            parts[sides[0]] = sides[1]
        }
        self.parts = parts
    }

    /// Nil where the part is left out.
    ///
    /// - Throws: ``CompressionError/value(option:found:part:wanted:)``
    func window(_ name: String) throws -> TokenWindow? {
        try parts[name].map { try window(of: $0, part: "\(name)=\($0)") }
    }

    /// The window that the option begins with.
    func window() throws -> TokenWindow { try window(of: value, part: value) }

    /// All where the part is left out.
    ///
    /// - Throws: ``CompressionError/value(option:found:part:wanted:)``
    func range(_ name: String) throws -> IndexRange {
        guard let text = parts[name] else { return .all }
        guard let range = IndexRange(text) else {
            throw CompressionError.value(
                option: option, found: self.text, part: "\(name)=\(text)",
                wanted:
                    "a first and a last number, counted from 0, as in \(name)=5-24, \(name)=5- or \(name)=-24"
            )
        }
        return range
    }

    private func window(of text: String, part: String) throws -> TokenWindow {
        guard let window = TokenWindow(text) else {
            throw CompressionError.value(
                option: option, found: self.text, part: part,
                wanted: "frames x rows x columns of tokens, as in 1x2x2")
        }
        return window
    }

    /// What ``init(_:of:names:)`` reads: the value, and the parts that are not nil.
    static func description(_ value: String, _ parts: KeyValuePairs<String, String?>) -> String {
        ([value] + parts.compactMap { name, part in part.map { "\(name)=\($0)" } }).joined(separator: ",")
    }
}

extension IndexRange {
    /// Nil where the range is everything, and need not be written.
    var text: String? { self == .all ? nil : description }
}
