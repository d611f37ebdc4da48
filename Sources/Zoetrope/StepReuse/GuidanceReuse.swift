/// At which steps guidance does without an unconditional pass: it adds the difference that the two passes had at an
/// earlier step.
///
/// Written as a number of steps, and a field behind it: `2,steps=4-`.
public struct GuidanceReuse: Equatable, Sendable {
    /// The unconditional pass is computed once in so many steps, at least 2.
    public var every: Int
    /// Where it may be left out; nil is from the end of the first quarter to the last but one.
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
        let option = try OptionText(text, for: .reuseGuidance, names: ["steps"])
        guard let every = Int(option.value), Self.counts.contains(every) else {
            throw StepReuseError.text(option: .reuseGuidance, found: text, part: option.value)
        }
        let steps = try option.parts["steps"].map { field in
            guard let range = StepRange(field) else {
                throw StepReuseError.text(option: .reuseGuidance, found: text, part: field)
            }
            return range
        }
        self.init(every: every, steps: steps)
    }

    /// - Throws: ``StepReuseError/stepsOutside(option:found:range:steps:)``
    func allowed(steps: Int) throws -> Range<Int> {
        try StepRange.reusing(self.steps, steps: steps, of: .reuseGuidance, found: description)
    }

    /// With nothing left open, as recipes keep it; nil where no step may leave anything out.
    func resolved(steps: Int) throws -> GuidanceReuse? {
        try StepRange(of: allowed(steps: steps)).map { GuidanceReuse(every: every, steps: $0) }
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
