/// At which steps guidance reuses what it knows of an earlier unconditional pass, in place of computing one.
///
/// Written as a number of steps, and a field behind it: `2,steps=4-`.
public struct GuidanceReuse: Equatable, Sendable {
    /// Within the range the unconditional pass is computed at its first step and then at every so many, at least 2.
    public var every: Int
    /// Nil is all steps.
    public var steps: StepRange?

    private static let counts = 2...1000

    /// - Precondition: `every` is from 2 to 1000
    public init(every: Int, steps: StepRange? = nil) {
        precondition(Self.counts.contains(every), "every \(every) steps")
        self.every = every
        self.steps = steps
    }

    /// - Throws: ``StepReuseError/text(option:found:part:)``
    public init(_ text: String) throws {
        let option = try OptionText(text, of: .reuseGuidance, names: ["steps"])
        guard let every = Int(option.value), Self.counts.contains(every) else {
            throw StepReuseError.text(option: .reuseGuidance, found: text, part: option.value)
        }
        let steps = try option.fields["steps"].map { field in
            guard let range = StepRange(field) else {
                throw StepReuseError.text(option: .reuseGuidance, found: text, part: field)
            }
            return range
        }
        self.init(every: every, steps: steps)
    }

    /// - Throws: ``StepReuseError/stepsOutside(option:found:range:steps:)``
    func indices(steps: Int) throws -> ClosedRange<Int> {
        guard let range = self.steps else { return 0...max(0, steps - 1) }
        guard let indices = range.indices(steps: steps) else {
            throw StepReuseError.stepsOutside(
                option: .reuseGuidance, found: description, range: range.description, steps: steps)
        }
        return indices
    }
}

extension GuidanceReuse: CustomStringConvertible {
    public var description: String { "\(every)" + (steps.map { ",steps=\($0)" } ?? "") }
}

/// As its text.
extension GuidanceReuse: Codable {
    public init(from decoder: any Decoder) throws { self = try readText(from: decoder) { try Self($0) } }

    public func encode(to encoder: any Encoder) throws { try description.encode(to: encoder) }
}
