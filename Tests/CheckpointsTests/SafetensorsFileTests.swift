import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing

/// Sound files, and paths that lead to no file.
@Suite struct SafetensorsFileTests {
    private let directory = TemporaryDirectory()
    private static let golden = "checkpoints/every-type/model.safetensors"

    @Test(arguments: ["f64", "f16", "bf16"])
    func widensAsPyTorchDoes(type: String) throws {
        let found = try Goldens.tensor(Self.golden, "floats.\(type)")
        let expected = try Goldens.tensor("checkpoints/every-type/expected.safetensors", "floats.\(type)")
        #expect(found.shape == [4, 128])
        #expect(found.values.map(\.bitPattern) == expected.values.map(\.bitPattern))
    }

    @Test func readsWhatPythonWrote() throws {
        let file = try SafetensorsFile(Goldens.url(Self.golden))
        #expect(file.tensors.count == 14)
        #expect(file.byteCount == (try Data(contentsOf: Goldens.url(Self.golden)).count))
        #expect(
            file.metadata == [
                "quoted \"key\"\n": "back\\slash, tab\t, control \u{1}, Zo\u{eb}trope \u{1F39E}"
            ])
        #expect(file.tensors["scalar"]?.shape == [])
        #expect(file.tensors["scalar"]?.widened().values == [2.5])
        #expect(file.tensors["empty"]?.shape == [0, 3])
        #expect(file.tensors["empty"]?.widened().values == [])
        #expect(file.tensors["five axes"]?.shape == [2, 3, 1, 2, 2])
        #expect(file.tensors["five axes"]?.widened().values == (0..<24).map(Float.init))
        #expect(file.tensors["na\u{ef}ve \"name\"\\"]?.widened().values == [1])
        #expect(file.tensors["bool"].map { Array($0.bytes) } == [1, 0, 1])
    }

    @Test func valuesThatWereLetGoAreReadAgain() throws {
        let url = directory["large.safetensors"]
        let values = seeded([3, 5000])
        let bytes = values.values.flatMap { value in
            withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
        }
        let header = #"{"a":{"dtype":"F32","shape":[3,5000],"data_offsets":[0,60000]}}"#
        try safetensors(header, data: bytes).write(to: url)
        let stored = try #require(try SafetensorsFile(url).tensors["a"])
        stored.prefetch()
        #expect(stored.widened().values == values.values)
        stored.letGo(on: Workers(threads: 2))
        #expect(stored.widened().values == values.values)
    }

    @Test func readsEveryIntegerType() throws {
        #expect(try Goldens.integers(Self.golden, "integers.i64") == [Int.min, 0, 1, Int.max])
        let i32 = [Int(Int32.min), 0, 1, Int(Int32.max)]
        #expect(try Goldens.integers(Self.golden, "integers.i32") == i32)
        for (name, type) in [("i16", ElementType.int16), ("i8", .int8), ("u8", .uint8)] {
            let stored = try Goldens.stored(Self.golden, "integers.\(name)")
            #expect(stored.type == type)
            #expect(stored.count == 4)
        }
    }

    /// The format asks for aligned tensors, but files that break this are about.
    @Test func readsTensorsAtOddOffsets() throws {
        let header =
            #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"#
            + #""b":{"dtype":"F32","shape":[1],"data_offsets":[1,5]}}"#
        let url = directory["odd.safetensors"]
        try safetensors(header, data: [9, 0, 0, 0x80, 0x3F]).write(to: url)
        #expect(try SafetensorsFile(url).tensors["b"]?.widened().values == [1])
    }

    @Test func takesEntriesInAnyOrderAndUnknownFields() throws {
        let header =
            #"{"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8],"more":{"x":[1,{}]}},"#
            + #""a":{"data_offsets":[0,4],"shape":[1],"dtype":"F32"}}  "#
        let url = directory["order.safetensors"]
        try safetensors(header, data: [0, 0, 0x80, 0x3F, 0, 0, 0, 0x40]).write(to: url)
        let file = try SafetensorsFile(url)
        #expect(file.tensors["a"]?.widened().values == [1])
        #expect(file.tensors["b"]?.widened().values == [2])
    }

    @Test func takesAFileWithoutTensors() throws {
        let url = directory["none.safetensors"]
        try safetensors("{}").write(to: url)
        #expect(try SafetensorsFile(url).tensors.isEmpty)
    }

    @Test func tensorsOutliveTheirFile() throws {
        let url = directory["x.safetensors"]
        try safetensors(of: ["a", "b"]).write(to: url)
        let stored = try SafetensorsFile(url).tensors["b"]
        try FileManager.default.removeItem(at: url)
        #expect(stored?.widened().values == [1])
    }

    @Test func pathsThatLeadToNoFile() throws {
        let missing = "cannot be opened (No such file or directory). Check the path and its permissions."
        #expect(complaint { _ = try SafetensorsFile(directory["missing"]) } == missing)
        let notAFile =
            "is a directory or a device, but a file is needed. Give the path of the file itself."
        #expect(complaint { _ = try SafetensorsFile(directory.url) } == notAFile)
        #expect(complaint { _ = try SafetensorsFile(URL(fileURLWithPath: "/dev/null")) } == notAFile)
        #expect(mkfifo(directory["pipe"].path, 0o600) == 0)
        #expect(complaint { _ = try SafetensorsFile(directory["pipe"]) } == notAFile)
    }

    /// Neither can be brought about in a test that may run as root.
    @Test func textsOfTheSystemsOtherRefusals() {
        #expect(
            FileProblem.cannotOpen(code: EACCES).description
                == "cannot be opened (Permission denied). Check the path and its permissions.")
        #expect(
            FileProblem.cannotMap(code: ENOMEM, byteCount: 12).description
                == "cannot be mapped (Cannot allocate memory), 12 bytes. "
                + "Check the limit on address space (ulimit -v) and the file system.")
    }

    @Test func errorsNameTheFile() {
        let error = CheckpointError.file("/a/b", .notAFile)
        #expect(error.description.hasPrefix("/a/b: is a directory"))
        #expect(error.localizedDescription == error.description)
    }
}
