import Checkpoints
import Foundation
import TestSupport
import Testing

private let fetchAgain = "The file is damaged or incomplete; fetch it again."

/// What the reader says about entries that do not fit the data, which here is always 8 bytes.
@Suite struct SafetensorsEntryTests {
    private let directory = TemporaryDirectory()

    private func complaintAbout(_ header: String) throws -> String {
        let url = directory["x.safetensors"]
        try safetensors(header, data: [UInt8](repeating: 0, count: 8)).write(to: url)
        return complaint { _ = try SafetensorsFile(url) }
    }

    private func entry(_ name: String, _ type: String, _ shape: String, _ offsets: String) -> String {
        #""\#(name)":{"dtype":"\#(type)","shape":\#(shape),"data_offsets":\#(offsets)}"#
    }

    @Test(arguments: [
        ("F8_E4M3", "[8]", "[0,8]", unknown("F8_E4M3")),
        ("f32", "[2]", "[0,8]", unknown("f32")),
        ("U64", "[1]", "[0,8]", unknown("U64")),
        ("F32", "[-2]", "[0,8]", "has shape [-2], but no axis may be negative. "),
        ("F32", "[-2,-1]", "[0,8]", "has shape [-2, -1], but no axis may be negative. "),
        ("F32", "[9223372036854775807]", "[0,8]", tooLarge("[9223372036854775807]")),
        ("F32", "[2305843009213693952]", "[0,8]", tooLarge("[2305843009213693952]")),
        ("U8", "[4294967296,4294967296]", "[0,8]", tooLarge("[4294967296, 4294967296]")),
        ("U8", "[4294967296,4294967296,0]", "[0,0]", tooLarge("[4294967296, 4294967296, 0]")),
        ("F32", "[2]", "[0]", "has 1 data_offsets, but needs 2, begin and end. "),
        ("F32", "[2]", "[0,4,8]", "has 3 data_offsets, but needs 2, begin and end. "),
        ("F32", "[2]", "[8,0]", outside("8..<0")),
        ("F32", "[2]", "[-8,0]", outside("-8..<0")),
        ("F32", "[2]", "[0,9]", outside("0..<9")),
        ("F32", "[2]", "[8,16]", outside("8..<16")),
        ("F32", "[2]", "[0,9223372036854775807]", outside("0..<9223372036854775807")),
        ("F32", "[2]", "[-9223372036854775808,9]", outside("-9223372036854775808..<9")),
        ("F32", "[1]", "[0,8]", "of shape [1] and type F32 needs 4 bytes, but has 8. "),
        ("F32", "[3]", "[0,8]", "of shape [3] and type F32 needs 12 bytes, but has 8. "),
        ("F64", "[]", "[0,0]", "of shape [] and type F64 needs 8 bytes, but has 0. "),
        ("F32", "[0]", "[0,8]", "of shape [0] and type F32 needs 0 bytes, but has 8. "),
    ])
    func entryThatDoesNotFit(type: String, shape: String, offsets: String, text: String) throws {
        let advice = text.hasSuffix("convert this one.") ? "" : fetchAgain
        #expect(
            try complaintAbout("{" + entry("b.c", type, shape, offsets) + "}")
                == "tensor 'b.c' \(text)\(advice)")
    }

    @Test(arguments: ["dtype", "shape", "data_offsets"])
    func fieldThatIsNotThere(field: String) throws {
        let header = "{" + entry("a", "F32", "[2]", "[0,8]").replacingOccurrences(of: field, with: "x") + "}"
        #expect(
            try complaintAbout(header)
                == "tensor 'a' has no '\(field)' in the header, but needs one. \(fetchAgain)")
    }

    @Test(arguments: [
        ("[0,8]", "[0,8]", "a", "b"), ("[0,8]", "[4,8]", "a", "b"), ("[4,8]", "[0,8]", "b", "a"),
        ("[0,4]", "[0,8]", "a", "b"),
    ])
    func entriesThatOverlap(first: String, second: String, left: String, right: String) throws {
        let shape = ["[0,8]": "[2]", "[4,8]": "[1]", "[0,4]": "[1]"]
        let header = [("a", first), ("b", second)].map { entry($0.0, "F32", shape[$0.1] ?? "", $0.1) }
        #expect(
            try complaintAbout("{\(header.joined(separator: ","))}")
                == "the bytes of '\(left)' and '\(right)' overlap, but each needs its own. "
                + "Write the file again."
        )
    }

    @Test(arguments: [
        ("[0,4]", "4..<8"), ("[4,8]", "0..<4"), ("[2,6]", "0..<2"),
    ])
    func bytesThatBelongToNoTensor(offsets: String, hole: String) throws {
        let text = "bytes \(hole) of its data belong to no tensor, but all must. \(fetchAgain)"
        #expect(try complaintAbout("{" + entry("a", "F32", "[1]", offsets) + "}") == text)
    }

    @Test func dataWithoutTensors() throws {
        #expect(
            try complaintAbout("{}")
                == "bytes 0..<8 of its data belong to no tensor, but all must. \(fetchAgain)")
    }
}

private func unknown(_ type: String) -> String {
    "is of type '\(type)', but only F64, F32, F16, BF16, I64, I32, I16, I8, U8, BOOL can be read. "
        + "Take a checkpoint in one of these types, or convert this one."
}

private func tooLarge(_ shape: String) -> String {
    "has shape \(shape), which is more bytes than a file can hold. "
}

private func outside(_ span: String) -> String { "lies at bytes \(span), but the file has 8 bytes of data. " }
