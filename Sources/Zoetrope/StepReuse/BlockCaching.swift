/// When a step may add what the transformer's blocks added at an earlier one, in place of computing them.
///
/// Written as a threshold, and fields behind it: `0.08,steps=2-9,at-most=3`.
public struct BlockCaching: Equatable, Sendable {
    /// Blocks after the first are skipped where the first one's residual has changed by less than this since the
    /// last step that was computed in full, `Σ |change| / Σ |residual|`; 0 computes everything.
    public var threshold: Double
    /// Where blocks may be skipped; nil is from the end of the first quarter to the last but
    /// one.
    public var steps: StepRange?
    /// Steps in a row of which blocks are skipped, at least 1.
    public var atMost: Int

    private static let thresholds = 0.0...1000
    private static let counts = 1...1000

    /// - Precondition: `threshold` is from 0 to 1000 and `atMost` from 1 to 1000
    public init(threshold: Double, steps: StepRange? = nil, atMost: Int = 3) {
        precondition(
            Self.thresholds.contains(threshold) && Self.counts.contains(atMost),
            "\(threshold) at most \(atMost)")
        self.threshold = threshold
        self.steps = steps
        self.atMost = atMost
    }

    /// - Throws: ``StepReuseError/text(option:found:part:)``
    public init(_ text: String) throws {
        let option = try OptionText(text, for: .cache, names: ["steps", "at-most"])
        func read<Value>(_ part: String, _ value: Value?) throws -> Value {
            guard let value else { throw StepReuseError.text(option: .cache, found: text, part: part) }
            return value
        }
        let threshold = Double(option.value).flatMap { Self.thresholds.contains($0) ? $0 : nil }
        self.init(
            threshold: try read(option.value, threshold),
            steps: try option.parts["steps"].map { try read($0, StepRange($0)) },
            atMost: try option.parts["at-most"].map { count in
                try read(count, Int(count).flatMap { Self.counts.contains($0) ? $0 : nil })
            } ?? 3)
    }

    /// - Throws: ``StepReuseError/stepsOutside(option:found:range:steps:)``
    func allowed(steps: Int) throws -> Range<Int> {
        try StepRange.reusing(self.steps, steps: steps, of: .cache, found: description)
    }

    /// With nothing left open, as recipes keep it; nil where no step may skip anything.
    func resolved(steps: Int) throws -> BlockCaching? {
        try StepRange(of: allowed(steps: steps)).map {
            BlockCaching(threshold: threshold, steps: $0, atMost: atMost)
        }
    }
}

extension BlockCaching: CustomStringConvertible {
    public var description: String {
        "\(threshold)" + (steps.map { ",steps=\($0)" } ?? "") + ",at-most=\(atMost)"
    }
}

/// As its text.
extension BlockCaching: Codable {
    public init(from decoder: any Decoder) throws { self = try readText(from: decoder) { try Self($0) } }

    public func encode(to encoder: any Encoder) throws { try description.encode(to: encoder) }
}

/// A value that recipes keep as the text of its option.
func readText<Value>(from decoder: any Decoder, _ read: (String) throws -> Value) throws -> Value {
    let container = try decoder.singleValueContainer()
    do {
        return try read(try container.decode(String.self))
    } catch let error as StepReuseError {
        throw DecodingError.dataCorruptedError(in: container, debugDescription: error.description)
    }
}
