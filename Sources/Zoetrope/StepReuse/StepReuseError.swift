public import Foundation

/// The options that leave work out.
public enum StepReuseOption: String, Equatable, Sendable {
    case cache
    case reuseGuidance = "reuse-guidance"
    case guidanceSteps = "guidance-steps"

    /// How it is written.
    var form: String {
        switch self {
        case .cache:
            "a threshold from 0 to 1000 and, as you like, the steps where blocks may be skipped and how many of them in "
                + "a row, from 1 to 1000: 0.08,steps=2-9,at-most=3"
        case .reuseGuidance:
            "in how many steps the unconditional pass is computed once, from 2 to 1000, and, as you like, the steps "
                + "where it may be left out: 2,steps=4-9"
        case .guidanceSteps: "the steps that are guided, the first being 0: 2-9, 2- or -9"
        }
    }
}

/// A setting of what is reused that cannot be taken. Thrown before any weight is loaded.
public enum StepReuseError: Error, Equatable, Sendable {
    /// Text of which a part cannot be read.
    case text(option: StepReuseOption, found: String, part: String)
    /// A range that reaches beyond the run.
    case stepsOutside(option: StepReuseOption, found: String, range: String, steps: Int)
    /// An option about the unconditional pass, in a run that has none.
    case noGuidance(option: StepReuseOption, found: String)
}

extension StepReuseError: CustomStringConvertible, LocalizedError {
    public var description: String {
        switch self {
        case let .text(option, found, part):
            "--\(option.rawValue) \(found): '\(part)' cannot be read. Write \(option.form)."
        case let .stepsOutside(option, found, range, steps):
            "--\(option.rawValue) \(found): the steps of this run are 0 to \(steps - 1), and \(range) is not inside. "
                + "Take other steps, or another --steps."
        case let .noGuidance(option, found):
            "--\(option.rawValue) \(found): guidance 1 has no unconditional pass. Leave the option out, or take "
                + "--guidance above 1."
        }
    }

    public var errorDescription: String? { description }
}

extension OptionText {
    /// - Throws: ``StepReuseError/text(option:found:part:)`` for a part that cannot be read
    init(_ text: String, for option: StepReuseOption, names: [String]) throws {
        do {
            try self.init(text, names: names)
        } catch {
            throw StepReuseError.text(option: option, found: text, part: error.text)
        }
    }
}
