package import Tensors

/// Which patch size the transformer works with at each sampling step: a coarse one makes few tokens and quick
/// steps, a fine one sees more.
///
/// Written as sizes in the order of their use, each with its number of steps: `2x4x4:8,1x2x2:4`. The last may
/// be without a number and takes the steps that are left: `2x4x4:8,1x2x2`, or `1x4x4` for all steps.
public struct PatchSchedule: TextSetting {
    package struct Part: Equatable, Sendable {
        package let patch: PatchSize
        /// Nil takes what is left; in the last part only.
        package let steps: Int?
    }

    package let parts: [Part]

    public static let option = "--patch"

    /// - Throws: ``SettingsError/patchText(found:part:)``, ``SettingsError/patchWithoutSteps(found:part:)``
    public init(_ text: String) throws {
        let texts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        parts = try texts.map { try Self.part($0, of: text) }
        let open = parts.dropLast().first { $0.steps == nil }
        if let open {
            throw SettingsError.patchWithoutSteps(found: text, part: open.patch.description)
        }
    }

    /// The shortest schedule for the size of each step; `sizes` is not empty.
    package init(of sizes: [PatchSize]) {
        let starts = sizes.indices.filter { $0 == 0 || sizes[$0] != sizes[$0 - 1] }
        let ends = starts.dropFirst() + [sizes.count]
        parts = zip(starts, ends).map { start, end in
            Part(patch: sizes[start], steps: end == sizes.count ? nil : end - start)
        }
    }

    /// The size of each of `steps` steps.
    ///
    /// - Throws: ``SettingsError/unknownPatch(found:known:)`` for a size that is not in `known`,
    ///   ``SettingsError/patchSteps(found:sum:steps:isOpen:)`` for more or fewer steps than there are
    package func sizes(steps: Int, known: [PatchSize]) throws -> [PatchSize] {
        let unknown = parts.first { !known.contains($0.patch) }
        if let unknown {
            throw SettingsError.unknownPatch(
                found: unknown.patch.description, known: known.map(\.description))
        }
        let sum = parts.reduce(0) { $0 + ($1.steps ?? 0) }
        let isOpen = parts.last?.steps == nil
        guard isOpen ? sum < steps : sum == steps else {
            throw SettingsError.patchSteps(found: description, sum: sum, steps: steps, isOpen: isOpen)
        }
        return parts.flatMap { Array(repeating: $0.patch, count: $0.steps ?? steps - sum) }
    }

    private static func part(_ text: String, of whole: String) throws -> Part {
        let fields = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        let steps = fields.count > 1 ? Int(fields[1]) : nil
        guard let patch = PatchSize(fields[0]), (1...1000).contains(steps ?? 1) else {
            throw SettingsError.patchText(found: whole, part: text)
        }
        let part = Part(patch: patch, steps: steps)
        guard part.description == text else { throw SettingsError.patchText(found: whole, part: text) }
        return part
    }

    public var description: String { parts.map(\.description).joined(separator: ",") }
}

extension PatchSchedule.Part: CustomStringConvertible {
    package var description: String { "\(patch)" + (steps.map { ":\($0)" } ?? "") }
}
