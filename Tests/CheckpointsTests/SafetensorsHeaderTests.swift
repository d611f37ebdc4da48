import Checkpoints
import Foundation
import TestSupport
import Testing

private let fetchAgain = "The file is damaged or incomplete; fetch it again."
private let damaged = "The file is damaged or of another kind; fetch it again."

/// What the reader says about files whose header is wrong.
@Suite struct SafetensorsHeaderTests {
    private let directory = TemporaryDirectory()

    private func complaintAbout(_ bytes: Data) throws -> String {
        let url = directory["x.safetensors"]
        try bytes.write(to: url)
        return complaint { _ = try SafetensorsFile(url) }
    }

    @Test(arguments: [0, 1, 7, 8, 9])
    func tooShortForAHeader(bytes: Int) throws {
        #expect(
            try complaintAbout(Data(count: bytes))
                == "has \(bytes) bytes, but a safetensors file has at least 10. \(fetchAgain)")
    }

    @Test(arguments: [100_000_001, 1 << 62, UInt64(Int.max), 1 << 63, UInt64.max])
    func headerOverTheLimit(length: UInt64) throws {
        #expect(
            try complaintAbout(safetensors("{}", announced: length))
                == "starts with a header length of \(length) bytes, but at most 100000000 are allowed. "
                + "It is probably no safetensors file; convert it first.")
    }

    @Test(arguments: [3, 100, 100_000_000] as [UInt64])
    func headerLongerThanTheFile(length: UInt64) throws {
        #expect(
            try complaintAbout(safetensors("{}", announced: length))
                == "announces a header of \(length) bytes, but has only 10 bytes. \(fetchAgain)")
    }

    @Test(arguments: [
        ("  ", "byte 2 of its JSON is the end, but '{' is needed. "),
        ("[]", "byte 0 of its JSON is '[', but '{' is needed. "),
        ("null", "byte 0 of its JSON is 'n', but '{' is needed. "),
        ("{\"a\"", "byte 4 of its JSON is the end, but ':' is needed. "),
        ("{\"a", "byte 3 of its JSON is the end, but '\"' is needed. "),
        ("{\"a\":1}", "byte 5 of its JSON, in the entry of 'a', is '1', but '{' is needed. "),
        ("{\"a\":{},}", "tensor 'a' has no 'dtype' in the header, but needs one. "),
        ("{\"__metadata__\":{},}", "byte 19 of its JSON is '}', but '\"' is needed. "),
        ("{\"__metadata__\":{} \"a\"", "byte 19 of its JSON is '\"', but ',' or '}' is needed. "),
        ("{}{}", "byte 2 of its JSON is '{', but the end is needed. "),
        ("{} \u{0}", "byte 3 of its JSON is the byte 0, but the end is needed. "),
        (
            "{\"__metadata__\":{\"k\":1}}",
            "byte 21 of its JSON, in the entry of '__metadata__', is '1', but '\"' is needed. "
        ),
        ("{\"a\n\":{}}", "byte 3 of its JSON is the byte 10, but an escaped control character is needed. "),
        ("{\"\\x\":{}}", "byte 3 of its JSON is 'x', but an escape such as \\n is needed. "),
        ("{\"\\u12G4\":{}}", "byte 6 of its JSON is 'G', but a hexadecimal digit is needed. "),
        ("{\"\\uD83C-\":{}}", "byte 8 of its JSON is '-', but a Unicode character is needed. "),
        (
            "{\"\\uD83C\\u0041\":{}}",
            "byte 14 of its JSON is '\"', but the second half of a surrogate pair is needed. "
        ),
    ])
    func textThatIsNoHeader(header: String, text: String) throws {
        let advice = text.hasPrefix("tensor") ? fetchAgain : damaged
        #expect(try complaintAbout(safetensors(header)) == text + advice)
    }

    @Test func textThatIsNoUTF8() throws {
        var bytes = safetensors("{\"aa\":{}}")
        bytes[10] = 0xFF
        #expect(
            try complaintAbout(bytes)
                == "byte 2 of its JSON is the byte 255, but text in UTF-8 is needed. \(damaged)")
    }

    @Test(arguments: [
        (#""dtype":"F32","shape":[1.0],"data_offsets":[0,4]"#, "'1', but a whole number below 2^63"),
        (#""dtype":"F32","shape":[1e0],"data_offsets":[0,4]"#, "'1', but a whole number below 2^63"),
        (
            #""dtype":"F32","shape":[9223372036854775808],"data_offsets":[0,4]"#,
            "'9', but a whole number below 2^63"
        ),
        (#""dtype":"F32","shape":["1"],"data_offsets":[0,4]"#, "'\"', but a whole number below 2^63"),
        (#""dtype":"F32","shape":[-],"data_offsets":[0,4]"#, "'-', but a whole number below 2^63"),
        (#""dtype":"F32","shape":1,"data_offsets":[0,4]"#, "'1', but '['"),
        (#""dtype":32,"shape":[1],"data_offsets":[0,4]"#, "'3', but '\"'"),
        (#""dtype":"F32","shape":[1],"data_offsets":[0,4],"more":tru"#, "'t', but a value"),
        (#""more":[[[[[]]]],{"a":[-1.5e3,true,false,null,"x"]},1-2]"#, "'1', but a value"),
    ])
    func fieldThatIsNotWhatItShouldBe(fields: String, text: String) throws {
        let found = try complaintAbout(safetensors("{\"a\":{\(fields)}}", data: [0, 0, 0, 0]))
        #expect(found.contains("of its JSON, in the entry of 'a', is \(text) is needed. \(damaged)"))
    }

    @Test func nestingHasAnEnd() throws {
        let nested = String(repeating: "[", count: 100_000)
        #expect(
            try complaintAbout(safetensors("{\"a\":{\"more\":\(nested)"))
                == "byte 77 of its JSON, in the entry of 'a', is '[', but less than 64 levels of nesting "
                + "is needed. \(damaged)")
    }

    @Test(arguments: [
        (#"{"a":{},"a":{}}"#, "dtype"),
        (#"{"__metadata__":{},"__metadata__":{}}"#, "__metadata__"),
        (#"{"__metadata__":{"k":"1","k":"2"}}"#, "k"),
        (#"{"a":{"shape":[],"shape":[]}}"#, "shape"),
        (#"{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"a":{}}"#, "a"),
    ])
    func keyThatIsThereTwice(header: String, key: String) throws {
        let found = try complaintAbout(safetensors(header))
        if key == "dtype" {
            #expect(found == "tensor 'a' has no 'dtype' in the header, but needs one. \(fetchAgain)")
        } else {
            #expect(
                found == "its header has the key '\(key)' twice, but each may be there once. "
                    + "Write the file again.")
        }
    }
}
