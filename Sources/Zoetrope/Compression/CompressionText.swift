internal import Tensors

/// The text of an option that leaves out work on tokens, as in `0.5,window=1x2x2,blocks=5-24`.
struct CompressionText {
    /// Such as `--merge`.
    let option: String
    let text: String
    private let fields: OptionText

    /// - Parameter names: of the parts that this option has, each with an example
    /// - Throws: ``CompressionError/part(option:found:part:known:)`` for parts that are unknown or there twice
    init(_ text: String, of option: String, names: KeyValuePairs<String, String>) throws {
        (self.option, self.text) = (option, text)
        do {
            fields = try OptionText(text, names: names.map(\.key))
        } catch {
            throw CompressionError.part(
                option: option, found: text, part: error.text,
                known: names.map { "\($0.key)=\($0.value)" })
        }
    }

    /// What stands before the first comma.
    var value: String { fields.value }

    /// Nil where the part is left out.
    ///
    /// - Throws: ``CompressionError/value(option:found:part:wanted:)``
    func window(_ name: String) throws -> TokenWindow? {
        try fields.parts[name].map { try window(of: $0, part: "\(name)=\($0)") }
    }

    /// The window that the option begins with.
    func window() throws -> TokenWindow { try window(of: value, part: value) }

    /// All where the part is left out.
    ///
    /// - Throws: ``CompressionError/value(option:found:part:wanted:)``
    func range(_ name: String) throws -> IndexRange {
        guard let text = fields.parts[name] else { return .all }
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
}

extension IndexRange {
    /// Nil where the range is everything, and need not be written.
    var text: String? { self == .all ? nil : description }
}
