/// A setting with one spelling as text, which is how options, recipes and reports have it.
public protocol TextSetting: Codable, Equatable, Sendable, CustomStringConvertible {
    init(_ text: String) throws
}

/// As its text.
extension TextSetting {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        do {
            try self.init(try container.decode(String.self))
        } catch let error as CompressionError {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: error.description)
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
