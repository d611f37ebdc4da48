import Checkpoints
import Foundation
import TestSupport
import Testing

private struct Config: Decodable, Equatable {
    struct Rope: Decodable, Equatable {
        let axes: [Int]
    }
    enum Norm: String, Decodable { case rms, layer }

    let dim: Int
    let eps: Double
    let norm: Norm
    let rope: Rope
    let image: Int?
}

@Suite struct ConfigFileTests {
    private let directory = TemporaryDirectory()
    private let advice = "Correct the file, or take a supported model."

    private func write(_ text: String) throws -> URL {
        try Data(text.utf8).write(to: directory["config.json"])
        return directory["config.json"]
    }

    @Test func readsAConfig() throws {
        let url = try write(#"{"dim":8,"eps":1e-6,"norm":"rms","rope":{"axes":[1,2]},"more":null}"#)
        let expected = Config(dim: 8, eps: 1e-6, norm: .rms, rope: .init(axes: [1, 2]), image: nil)
        #expect(try readConfig(Config.self, at: url) == expected)
    }

    @Test(arguments: [
        (#"{"eps":1,"norm":"rms","rope":{"axes":[]}}"#, missing("dim")),
        (#"{"dim":8,"eps":1,"norm":"rms","rope":{}}"#, missing("rope.axes")),
        (#"{"dim":"8"}"#, wrongType("dim", #""8""#, "Int")),
        (#"{"dim":{"b":1,"a":[true]}}"#, wrongType("dim", #"{"a":[true],"b":1}"#, "Int")),
        (#"{"dim":8,"eps":1,"norm":"rms","rope":7}"#, wrongType("rope", "7", "object")),
        (#"{"dim":8,"eps":1,"norm":"rms","rope":{"axes":true}}"#, wrongType("rope.axes", "true", "list")),
        (#"{"dim":null}"#, wrongType("dim", "null", "Int")),
        (
            #"{"dim":8,"eps":1,"norm":"rms","rope":{"axes":[1,"x"]}}"#,
            wrongType("rope.axes[1]", #""x""#, "Int")
        ),
        (
            #"{"dim":"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz"}"#,
            wrongType("dim", #""abcdefghijklmnopqrstuvwxyzabcdefghijklm..."#, "Int")
        ),
    ])
    func configThatDoesNotFit(text: String, expected: String) throws {
        let url = try write(text)
        #expect(complaint { _ = try readConfig(Config.self, at: url) } == expected)
    }

    @Test func valueThatCannotBeUsed() throws {
        let url = try write(#"{"dim":8,"eps":1,"norm":"batch"}"#)
        #expect(
            complaint { _ = try readConfig(Config.self, at: url) }
                == "'norm' has a value that cannot be used: Cannot initialize Norm from invalid String "
                + "value batch. " + advice)
    }

    @Test(arguments: [
        (#"{"dim":8.5,"a":{"b":[1,0.25]},"c":true}"#, "'a.b[1]' = 0.25, 'dim' = 8.5"),
        (#"{"dim":9223372036854775808}"#, "'dim' = 9223372036854775808"),
    ])
    func numberThatDoesNotFit(text: String, suspects: String) throws {
        let url = try write(text)
        #expect(
            complaint { _ = try readConfig(Config.self, at: url) }
                == "has a number that does not fit its setting, such as a fraction where a whole number "
                + "must be; it is one of \(suspects). " + advice)
    }

    @Test(arguments: [
        ("", "byte 0 of its JSON is the end, but a value"), ("{", "byte 1 of its JSON is the end, but '\"'"),
        ("{\"dim\":8,}x", "byte 9 of its JSON is '}', but '\"'"),
        ("dim = 8", "byte 0 of its JSON is 'd', but a value"),
        ("{\"dim\":NaN}", "byte 7 of its JSON is 'N', but a value"),
        ("\u{FEFF}{}", "byte 0 of its JSON is the byte 239, but a value"),
    ])
    func textThatIsNoJSON(text: String, expected: String) throws {
        let url = try write(text)
        #expect(
            complaint { _ = try readConfig(Config.self, at: url) }
                == "\(expected) is needed. The file is damaged or of another kind; fetch it again.")
    }

    @Test func valueOfAnotherKindAtTheTop() throws {
        let url = try write("[]")
        #expect(
            complaint { _ = try readConfig(Config.self, at: url) }
                == "its JSON is [], but must be of type object. Correct the file, or fetch it again."
        )
    }

    @Test func deepNestingIsNoCrash() throws {
        let url = try write(String(repeating: "[", count: 200_000))
        #expect(
            complaint { _ = try readConfig(Config.self, at: url) }
                .hasPrefix("byte 64 of its JSON is '[', but less than 64 levels of nesting is needed."))
    }

    @Test func configThatIsNotThere() {
        let url = directory["config.json"]
        #expect(
            complaint { _ = try readConfig(Config.self, at: url) }
                == "cannot be opened (No such file or directory). Check the path and its permissions.")
    }

    @Test func errorOfTheConfigItself() throws {
        struct Strict: Decodable {
            struct Refusal: Error, CustomStringConvertible { let description = "no heads" }
            init(from decoder: any Decoder) throws { throw Refusal() }
        }
        let url = try write("{}")
        #expect(
            complaint { _ = try readConfig(Strict.self, at: url) } == "cannot be used: no heads. " + advice)
    }
}

private func missing(_ key: String) -> String {
    "has no '\(key)', which this model needs. Take the config.json that came with the weights."
}

private func wrongType(_ key: String, _ found: String, _ type: String) -> String {
    "'\(key)' is \(found), but must be of type \(type). Correct the file, or fetch it again."
}
