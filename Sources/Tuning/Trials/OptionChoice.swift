import Foundation

/// One option of `zoetrope generate` and what a trial gives it.
package struct OptionChoice: Equatable, Sendable {
    package enum Value: Equatable, Sendable {
        case text(String)
        /// A flag, which has no value.
        case on
        /// Not given, so that the model's default holds even where the base settings say otherwise.
        case leftOut
    }

    /// Long name without its hyphens, such as `patch`.
    package let name: String
    package let value: Value

    package init(_ name: String, _ value: Value) {
        self.name = name
        self.value = value
    }

    /// As words of a command line.
    package var words: [String] {
        switch value {
        // A value that begins with a hyphen would be taken for an option.
        case let .text(text): text.hasPrefix("-") ? ["--\(name)=\(text)"] : ["--\(name)", text]
        case .on: ["--\(name)"]
        case .leftOut: []
        }
    }
}

/// As the command line of a sweep has it: `steps=10`, `merge`, `patch=` for an option that is left out.
extension OptionChoice: CustomStringConvertible {
    /// - Throws: ``SweepError/optionText(found:)``
    package init(_ text: String) throws(SweepError) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        name = try Self.name(in: parts[0], of: text)
        value = parts.count == 1 ? .on : Self.value(parts[1])
    }

    package var description: String {
        switch value {
        case let .text(text): "\(name)=\(text)"
        case .on: name
        case .leftOut: "\(name)="
        }
    }

    static func value(_ text: Substring) -> Value {
        let text = text.trimmed
        return text.isEmpty ? .leftOut : .text(text)
    }

    /// `--patch` and `patch` are the same option.
    static func name(in text: Substring, of whole: String) throws(SweepError) -> String {
        let trimmed = text.trimmed
        let name = trimmed.hasPrefix("--") ? String(trimmed.dropFirst(2)) : trimmed
        let isName =
            name.first?.isLetter == true && name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" }
        guard isName else { throw .optionText(found: whole) }
        return name
    }
}

extension Substring {
    /// Without spaces at its ends.
    var trimmed: String { trimmingCharacters(in: .whitespaces) }
}

extension [OptionChoice] {
    /// These choices, and of `base` those whose options they do not name. Options that are left out are gone.
    package func over(_ base: [OptionChoice]) -> [OptionChoice] {
        let named = Set(map(\.name))
        return (base.filter { !named.contains($0.name) } + self).filter { $0.value != .leftOut }
    }

    package var words: [String] { flatMap(\.words) }
}

/// As its text.
extension OptionChoice: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        do throws(SweepError) {
            self = try OptionChoice(text)
        } catch {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: error.description)
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
