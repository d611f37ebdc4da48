/// Some steps of a run, counted from 0, both ends included: `5-24`, `5-` to the last, `-24` from the first.
public struct StepRange: Equatable, Sendable {
    /// Nil is the first step of the run.
    package let first: Int?
    /// Nil is the last step of the run.
    package let last: Int?

    /// - Precondition: one end at least is given; from 0 to 999 and in order
    package init(first: Int?, last: Int?) {
        let ends = [first, last].compactMap { $0 }
        precondition(!ends.isEmpty && ends == ends.sorted(), "no range of steps: \(ends)")
        self.first = first
        self.last = last
    }

    /// The same in numbers.
    ///
    /// - Parameter steps: of the run
    /// - Returns: nil where the run has not all of these steps
    package func indices(steps: Int) -> ClosedRange<Int>? {
        let (first, last) = (self.first ?? 0, self.last ?? steps - 1)
        return first <= last && last < steps ? first...last : nil
    }
}

extension StepRange {
    /// Nil where there are none.
    init?(of steps: Range<Int>) {
        guard let first = steps.first, let last = steps.last else { return nil }
        self.init(first: first, last: last)
    }

    /// The steps at which something of an earlier one may be used again; never the first, which has no earlier one.
    ///
    /// - Parameters:
    ///   - range: nil leaves out the first quarter, where steps differ most and the clip is laid out, and the last step,
    ///     whose errors nothing corrects
    ///   - steps: of the run
    ///   - found: the option as it is written
    /// - Throws: ``StepReuseError/stepsOutside(option:found:range:steps:)``
    static func reusing(
        _ range: StepRange?, steps: Int, of option: StepReuseOption, found: String
    ) throws -> Range<Int> {
        guard let range else {
            let first = max(1, (steps + 3) / 4)
            return first..<max(first, steps - 1)
        }
        guard let indices = range.indices(steps: steps) else {
            throw StepReuseError.stepsOutside(
                option: option, found: found, range: range.description, steps: steps)
        }
        return Range(indices).clamped(to: 1..<max(1, steps))
    }
}

extension StepRange: LosslessStringConvertible {
    public var description: String { (first.map(String.init) ?? "") + "-" + (last.map(String.init) ?? "") }

    /// Nil for what is no range, such as `-`, `5` or `9-4`.
    public init?(_ text: String) {
        let fields = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        guard fields.count == 2 else { return nil }
        let (first, last) = (Int(fields[0]), Int(fields[1]))
        let ends = [first, last].compactMap { $0 }
        guard !ends.isEmpty, ends == ends.sorted(), ends.allSatisfy((0...999).contains) else { return nil }
        self.init(first: first, last: last)
        if description != text { return nil }
    }
}

extension StepRange {
    /// - Throws: ``StepReuseError/text(option:found:part:)`` for what is no range
    public init(of option: StepReuseOption, _ text: String) throws {
        guard let range = StepRange(text) else {
            throw StepReuseError.text(option: option, found: text, part: text)
        }
        self = range
    }
}

/// As its text.
extension StepRange: Codable {
    public init(from decoder: any Decoder) throws {
        self = try readText(from: decoder) { try Self(of: .guidanceSteps, $0) }
    }

    public func encode(to encoder: any Encoder) throws { try description.encode(to: encoder) }
}
