internal import Tensors

/// The text of an option: a value, and named parts in any order behind it, as in `0.5,window=1x2x2,blocks=5-24`.
struct OptionText {
    private let option: String
    private let text: String
    private let first: String
    private let parts: [String: String]

    /// - Parameters:
    ///   - option: such as `--merge`
    ///   - parts: that it may have, each with an example
    /// - Throws: ``OptionError/part(option:found:part:known:)`` for parts that are unknown or there twice
    init(_ text: String, of option: String, parts known: KeyValuePairs<String, String>) throws {
        let fields = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        (self.option, self.text, first) = (option, text, fields[0])
        var parts: [String: String] = [:]
        for field in fields.dropFirst() {
            let sides = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                .map(String.init)
            guard sides.count == 2, known.contains(where: { $0.key == sides[0] }), parts[sides[0]] == nil
            else {
                throw OptionError.part(
                    option: option, found: text, part: field,
                    known: known.map { "\($0.key)=\($0.value)" })
            }
            parts[sides[0]] = sides[1]
        }
        self.parts = parts
    }

    /// The value before the first comma.
    ///
    /// - Parameters:
    ///   - wanted: what it has to be, for the error
    ///   - read: nil for what it is not
    /// - Throws: ``OptionError/value(option:found:part:wanted:)``
    func value<Value>(_ wanted: String, _ read: (String) -> Value?) throws -> Value {
        try self.read(first, as: first, wanted, read)
    }

    /// A part; nil where it is left out.
    ///
    /// - Throws: ``OptionError/value(option:found:part:wanted:)``
    func part<Value>(_ name: String, _ wanted: String, _ read: (String) -> Value?) throws -> Value? {
        try parts[name].map { try self.read($0, as: "\(name)=\($0)", wanted, read) }
    }

    private func read<Value>(
        _ field: String, as part: String, _ wanted: String, _ read: (String) -> Value?
    ) throws -> Value {
        guard let value = read(field) else {
            throw OptionError.value(option: option, found: text, part: part, wanted: wanted)
        }
        return value
    }

    /// What ``init(_:of:parts:)`` reads: the value, and the parts that are not nil.
    static func description(_ value: String, _ parts: KeyValuePairs<String, String?>) -> String {
        ([value] + parts.compactMap { name, part in part.map { "\(name)=\($0)" } }).joined(separator: ",")
    }
}

/// Numbers, ranges and windows, each read and asked for in one way.
extension OptionText {
    /// Blocks or steps; nil where the part is left out.
    func range(_ name: String) throws -> IndexRange? {
        try part(name, IndexRange.wanted(named: name)) { IndexRange($0) }
    }

    /// The window of tokens that the option begins with.
    func window() throws -> TokenWindow { try value(Self.window) { TokenWindow($0) } }

    func window(_ name: String) throws -> TokenWindow? { try part(name, Self.window) { TokenWindow($0) } }

    private static let window = "frames x rows x columns of tokens, as in 1x2x2"

    /// The weight of a guidance that the option begins with.
    func weight() throws -> Double {
        try value("a weight from 0 to 1000, as in 0.5", Self.number(in: 0...1000))
    }

    /// A number of `range` and nothing else; NaN is none.
    static func number(in range: ClosedRange<Double>) -> (String) -> Double? {
        { Double($0).flatMap { range.contains($0) ? $0 : nil } }
    }

    /// A whole number of `range` and nothing else.
    static func count(in range: ClosedRange<Int>) -> (String) -> Int? {
        { Int($0).flatMap { range.contains($0) ? $0 : nil } }
    }
}

extension IndexRange {
    /// What an error says that a range has to be.
    ///
    /// - Parameter name: of the part that holds it; nil where the range is all of the option
    static func wanted(named name: String?) -> String {
        let examples = ["5-24", "5-", "-24", "7"].map { (name.map { $0 + "=" } ?? "") + $0 }
        return
            "a first and a last number, counted from 0, as in \(examples[0]), \(examples[1]), \(examples[2]) or "
            + examples[3]
    }

    /// Nil where the range is everything, and need not be written.
    var text: String? { self == .all ? nil : description }
}
