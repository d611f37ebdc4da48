package import Tensors

/// All that does not fit between the tensors of a checkpoint and those a model needs.
package struct KeyProblems: Equatable, Sendable {
    package struct WrongShape: Equatable, Sendable {
        package let name: String
        package let found: [Int]
        package let expected: [Int]

        package init(name: String, found: [Int], expected: [Int]) {
            self.name = name
            self.found = found
            self.expected = expected
        }
    }

    package struct WrongType: Equatable, Sendable {
        package let name: String
        package let found: ElementType

        package init(name: String, found: ElementType) {
            self.name = name
            self.found = found
        }
    }

    package var missing: [String] = []
    package var wrongShape: [WrongShape] = []
    package var wrongType: [WrongType] = []
    package var unused: [String] = []

    package init() {}

    package var isEmpty: Bool { self == KeyProblems() }

    mutating func keepOnly(_ isWanted: (String) -> Bool) {
        missing.removeAll { !isWanted($0) }
        wrongShape.removeAll { !isWanted($0.name) }
        wrongType.removeAll { !isWanted($0.name) }
        unused.removeAll { !isWanted($0) }
    }
}

extension KeyProblems: CustomStringConvertible {
    package var description: String {
        let shapes = wrongShape.map {
            "'\($0.name)' has shape \($0.found), but this model needs \($0.expected)"
        }
        let types = wrongType.map {
            "'\($0.name)' is \($0.found.rawValue), but this model needs floating point"
        }
        let parts = [
            part(missing.map { "'\($0)'" }, "missing"), part(shapes, "of the wrong shape"),
            part(types, "of the wrong type"), part(unused.map { "'\($0)'" }, "unused"),
        ]
        return parts.compactMap { $0 }.joined(separator: "; ")
            + ". The checkpoint belongs to another model or model size; "
            + "compare it with the config.json beside it."
    }

    private func part(_ entries: [String], _ kind: String) -> String? {
        guard !entries.isEmpty else { return nil }
        return "\(entries.count) \(entries.count == 1 ? "tensor" : "tensors") \(kind): \(listing(entries))"
    }
}

/// The first few entries, and how many more there are.
func listing(_ entries: [String]) -> String {
    let shown = entries.prefix(6).joined(separator: ", ")
    return entries.count > 6 ? "\(shown) and \(entries.count - 6) more" : shown
}
