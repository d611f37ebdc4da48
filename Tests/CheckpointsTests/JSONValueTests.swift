import Checkpoints
import Foundation
import Testing

@Suite struct JSONValueTests {
    private func read(_ text: String) throws -> JSONValue { try JSONValue(Data(text.utf8), file: "f.json") }

    @Test func everyKindIsRead() throws {
        let value = try read(#" {"a": [1, -2.5e1, true, false, null, "x\u0041"], "b": {}, "a": 0} "#)
        guard case .object(let members) = value else {
            Issue.record("no object")
            return
        }
        #expect(members.map(\.key) == ["a", "b", "a"])
        #expect(
            members[0].value
                == .list([.number(1), .number(-25), .bool(true), .bool(false), .null, .string("xA")]))
        #expect(members[1].value == .object([]) && members[2].value == .number(0))
    }

    @Test(arguments: [
        "", "{", "[1", "[1,]", "nul", "NaN", "-inf", "Infinity", "1e999", "{\"a\" 1}", "[1] 2", "'a'",
        "\"\u{1}\"",
    ])
    func whatIsNoJSONIsNamed(text: String) {
        let error = #expect(throws: CheckpointError.self) { try read(text) }
        guard case .json("f.json", _)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func nestingHasAnEnd() {
        let deep = String(repeating: "[", count: 100) + String(repeating: "]", count: 100)
        #expect(throws: CheckpointError.self) { try read(deep) }
    }

    @Test func summariesAreShort() {
        let summaries: [(JSONValue, String)] = [
            (.null, "null"), (.bool(true), "true"), (.number(12), "12"), (.number(0.5), "0.5"),
            (.string("a"), "the text 'a'"), (.list([.null]), "a list of 1"), (.object([]), "an object"),
            (.number(1e300), "1e+300"),
        ]
        for (value, text) in summaries { #expect(value.summary == text) }
    }
}
