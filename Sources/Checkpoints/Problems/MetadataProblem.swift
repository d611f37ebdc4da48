/// A safetensors file whose `__metadata__` says that it is of another kind than the one that is needed.
package struct MetadataProblem: Equatable, Sendable {
    package let key: String
    package let found: String?
    package let wanted: String

    package init(key: String, found: String?, wanted: String) {
        self.key = key
        self.found = found
        self.wanted = wanted
    }
}

extension MetadataProblem: CustomStringConvertible {
    package var description: String {
        let found = found.map { "'\(key)' = '\($0)'" } ?? "no '\(key)'"
        return "its metadata has \(found), but '\(key)' = '\(wanted)' is needed. The file belongs to another "
            + "model or another version of Zoetrope; take the one that came with the weights beside it."
    }
}
