package import Foundation

/// JSON as it stands in a file, for files that people write: keys keep their order, and one that is there twice
/// is seen.
package enum JSONValue: Equatable, Sendable {
    case null
    case bool(Bool)
    /// Always finite.
    case number(Double)
    case string(String)
    case list([JSONValue])
    case object([Member])

    package struct Member: Equatable, Sendable {
        package let key: String
        package let value: JSONValue
    }

    /// - Parameter file: named in errors
    /// - Throws: ``CheckpointError/json(_:_:)`` with the place where the text stops making sense
    package init(_ text: Data, file: String) throws(CheckpointError) {
        let read: Result<JSONValue, CheckpointError> = text.withUnsafeBytes { bytes in
            var json = JSONScanner(bytes, file: file)
            do throws(CheckpointError) {
                let value = try json.value()
                try json.end()
                return .success(value)
            } catch {
                return .failure(error)
            }
        }
        self = try read.get()
    }

    /// Short text for messages, such as `12.5` or `an object`.
    package var summary: String {
        switch self {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .number(let value): value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
        case .string(let text): "the text '\(text.prefix(40))'"
        case .list(let elements): "a list of \(elements.count)"
        case .object: "an object"
        }
    }
}

extension JSONScanner {
    fileprivate mutating func value(depth: Int = 0) throws(CheckpointError) -> JSONValue {
        skipSpace()
        guard depth < Self.deepest else {
            throw problem(wanted: "less than \(Self.deepest) levels of nesting")
        }
        switch peek() {
        case UInt8(ascii: "{"):
            var members: [JSONValue.Member] = []
            try object { key, json throws(CheckpointError) in
                members.append(.init(key: key, value: try json.value(depth: depth + 1)))
            }
            return .object(members)
        case UInt8(ascii: "["):
            var elements: [JSONValue] = []
            try array { json throws(CheckpointError) in
                elements.append(try json.value(depth: depth + 1))
            }
            return .list(elements)
        case UInt8(ascii: "\""): return .string(try string())
        default: return Self.value(of: try word())
        }
    }

    private static func value(of word: String) -> JSONValue {
        switch word {
        case "null": .null
        case "true": .bool(true)
        case "false": .bool(false)
        default: .number(Double(word) ?? 0)
        }
    }
}
