/// When a step may add what the transformer's blocks added at an earlier one, in place of computing them.
///
/// Written as a threshold, and fields behind it: `0.08,steps=2-9,at-most=3`.
public struct BlockCaching: Equatable, Sendable {
    /// Blocks after the first are skipped where the first one's residual has changed by less than this since the
    /// last step that was computed in full, `Σ |change| / Σ |residual|`; 0 computes everything.
    public var threshold: Double
    /// Where blocks may be skipped; nil is everywhere but at the first and the last step.
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
        let option = try OptionText(text, of: .cache, names: ["steps", "at-most"])
        func read<Value>(_ part: String, _ value: Value?) throws -> Value {
            guard let value else { throw StepReuseError.text(option: .cache, found: text, part: part) }
            return value
        }
        let threshold = Double(option.value).flatMap { Self.thresholds.contains($0) ? $0 : nil }
        self.init(
            threshold: try read(option.value, threshold),
            steps: try option.fields["steps"].map { try read($0, StepRange($0)) },
            atMost: try option.fields["at-most"].map { count in
                try read(count, Int(count).flatMap { Self.counts.contains($0) ? $0 : nil })
            } ?? 3)
    }

    /// The steps where blocks may be skipped; the first never, because nothing is kept then.
    ///
    /// - Throws: ``StepReuseError/stepsOutside(option:found:range:steps:)``
    func allowed(steps: Int) throws -> Range<Int> {
        guard let range = self.steps else { return 1..<max(1, steps - 1) }
        guard let indices = range.indices(steps: steps) else {
            throw StepReuseError.stepsOutside(
                option: .cache, found: description, range: range.description, steps: steps)
        }
        return Range(indices).clamped(to: 1..<max(1, steps))
    }

    /// With nothing left open, as recipes keep it; nil where no step may skip anything.
    func resolved(steps: Int) throws -> BlockCaching? {
        let allowed = try allowed(steps: steps)
        guard let first = allowed.first, let last = allowed.last else { return nil }
        return BlockCaching(
            threshold: threshold, steps: StepRange(first: first, last: last), atMost: atMost)
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
