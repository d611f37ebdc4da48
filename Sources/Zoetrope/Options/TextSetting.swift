/// A setting with one spelling as text, which is how options, recipes and reports have it.
public protocol TextSetting: Codable, Equatable, Sendable, CustomStringConvertible {
    /// How it is called where it is given, such as `--merge`.
    static var option: String { get }

    init(_ text: String) throws
}

/// As its text.
extension TextSetting {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        do {
            try self.init(text)
        } catch {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(error)")
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
