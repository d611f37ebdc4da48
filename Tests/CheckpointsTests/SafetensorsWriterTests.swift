import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing

@Suite struct SafetensorsWriterTests {
    private let directory = TemporaryDirectory()

    @Test func whatIsWrittenCanBeRead() throws {
        let tensors = [
            ("b", seeded([3, 5])),
            ("a.\"quoted\"\\\n\u{1}", Tensor([.infinity, -0.0, .leastNonzeroMagnitude], shape: [3])),
            ("scalar", Tensor([7], shape: [])), ("empty", Tensor([], shape: [2, 0])),
            ("long", seeded([9, 1, 2])),
        ]
        let metadata = ["recipe": "{\"seed\":1}", "Zo\u{eb}\t": "\u{1F39E}\u{7F}"]
        try SafetensorsWriter.write(tensors, metadata: metadata, to: directory["x.safetensors"])
        let file = try SafetensorsFile(directory["x.safetensors"])
        #expect(file.metadata == metadata)
        #expect(file.tensors.count == tensors.count)
        for (name, tensor) in tensors {
            let stored = try #require(file.tensors[name])
            #expect(stored.type == .float32)
            #expect(stored.shape == tensor.shape)
            #expect(stored.widened().values.map(\.bitPattern) == tensor.values.map(\.bitPattern))
        }
        #expect(try directory.contents == ["x.safetensors"])
    }

    @Test func nothingIsAFileToo() throws {
        try SafetensorsWriter.write([], to: directory["x.safetensors"])
        #expect(try SafetensorsFile(directory["x.safetensors"]).tensors.isEmpty)
    }

    @Test(arguments: 1...9)
    func dataIsAligned(nameLength: Int) throws {
        let name = String(repeating: "n", count: nameLength)
        try SafetensorsWriter.write([(name, seeded([4]))], to: directory["x.safetensors"])
        let bytes = try Data(contentsOf: directory["x.safetensors"])
        #expect((bytes.count - 16) % 8 == 0)
        let stored = try #require(try SafetensorsFile(directory["x.safetensors"]).tensors[name])
        #expect(Int(bitPattern: stored.bytes.baseAddress) % 8 == 0)
    }

    @Test func sameTensorsGiveSameBytes() throws {
        let metadata = Dictionary(uniqueKeysWithValues: (0..<20).map { ("key \($0)", "value") })
        for name in ["1", "2"] {
            try SafetensorsWriter.write([("a", seeded([4]))], metadata: metadata, to: directory[name])
        }
        #expect(try Data(contentsOf: directory["1"]) == Data(contentsOf: directory["2"]))
    }

    @Test func aFileIsReplaced() throws {
        let url = directory["x.safetensors"]
        try SafetensorsWriter.write([("old", seeded([40]))], to: url)
        let old = try SafetensorsFile(url)
        try SafetensorsWriter.write([("new", seeded([4]))], to: url)
        #expect(try SafetensorsFile(url).tensors.keys.sorted() == ["new"])
        #expect(old.tensors["old"]?.widened().values == seeded([40]).values)
        #expect(try directory.contents == ["x.safetensors"])
    }

    @Test func placesThatCannotBeWritten() throws {
        try FileManager.default.createDirectory(at: directory["folder"], withIntermediateDirectories: true)
        try Data().write(to: directory["file"])
        for (path, reason) in [
            ("nowhere/x", "No such file or directory"), ("file/x", "Not a directory"),
            ("folder", "Is a directory"),
        ] {
            let found = complaint { try SafetensorsWriter.write([("a", seeded([2]))], to: directory[path]) }
            #expect(
                found
                    == "cannot be written (\(reason)). It needs 72 bytes in a directory that may be "
                    + "written to; nothing was left there.")
        }
        #expect(try directory.contents == ["file", "folder"])
    }

    /// The limit on file sizes stands in for a full disk. It holds for the whole process, hence one of its
    /// own.
    @Test func aFullDiskLeavesNothingBehind() async {
        await #expect(processExitsWith: .success) {
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 10_000, rlim_max: 10_000)
            guard setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 else { exit(2) }
            let directory = TemporaryDirectory()
            try Data([1]).write(to: directory["x"])
            let found = complaint { try SafetensorsWriter.write([("a", seeded([4096]))], to: directory["x"]) }
            guard found.hasPrefix("cannot be written (File too large). It needs 16456 bytes") else { exit(3) }
            guard try directory.contents == ["x"], try Data(contentsOf: directory["x"]) == Data([1]) else {
                exit(4)
            }
        }
    }
}
