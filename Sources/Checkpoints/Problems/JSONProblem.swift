/// Where a JSON text stops making sense.
package struct JSONProblem: Equatable, Sendable {
    package let offset: Int  // bytes from the start of the JSON text
    package let found: String
    package let wanted: String
    package let place: String  // the entry that was being read; empty at the top
}

extension JSONProblem: CustomStringConvertible {
    package var description: String {
        let entry = place.isEmpty ? "" : ", in the entry of '\(place)',"
        return "byte \(offset) of its JSON\(entry) is \(found), but \(wanted) is needed. "
            + "The file is damaged or of another kind; fetch it again."
    }
}
