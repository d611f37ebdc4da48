import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing

@Suite struct FingerprintTests {
    private let directory = TemporaryDirectory()

    private func digits(_ bytes: [UInt8], pieces: Int) -> String {
        var hash = SHA256()
        for start in stride(from: 0, to: bytes.count, by: pieces) {
            Array(bytes[start..<min(start + pieces, bytes.count)]).withUnsafeBytes { hash.update($0) }
        }
        return hash.digits
    }

    /// Digests by Python's hashlib: `sha256(bytes(i % 251 for i in range(n))).hexdigest()`.
    @Test(arguments: [
        (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        (55, "463eb28e72f82e0a96c0a4cc53690c571281131f672aa229e0d45ae59b598b59"),
        (56, "da2ae4d6b36748f2a318f23e7ab1dfdf45acdc9d049bd80e59de82a60895f562"),
        (63, "29af2686fd53374a36b0846694cc342177e428d1647515f078784d69cdb9e488"),
        (64, "fdeab9acf3710362bd2658cdc9a29e8f9c757fcf9811603a8c447cd1d9151108"),
        (65, "4bfd2c8b6f1eec7a2afeb48b934ee4b2694182027e6d0fc075074f2fabb31781"),
        (119, "da18797ed7c3a777f0847f429724a2d8cd5138e6ed2895c3fa1a6d39d18f7ec6"),
        (120, "f52b23db1fbb6ded89ef42a23ce0c8922c45f25c50b568a93bf1c075420bbb7c"),
        (128, "471fb943aa23c511f6f72f8d1652d9c880cfa392ad80503120547703e56a2be5"),
        (1000, "4e4c294b331f7a2099a379bec34b9f9fc03dc46ab465d998f4d683da53487e6d"),
    ])
    func sha256IsTheStandards(count: Int, expected: String) {
        let bytes = (0..<count).map { UInt8($0 % 251) }
        for pieces in [1, 7, 63, 64, 65, 1000] { #expect(digits(bytes, pieces: pieces) == expected) }
    }

    @Test func sha256OfText() {
        var hash = SHA256()
        hash.update("abc")
        #expect(hash.digits == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    private func fingerprint(_ tensors: [(String, Tensor)], metadata: [String: String] = [:]) throws -> String
    {
        try SafetensorsWriter.write(tensors, metadata: metadata, to: directory["x.safetensors"])
        return try Checkpoint(files: [directory["x.safetensors"]]).fingerprint()
    }

    @Test func anyChangeShows() throws {
        let (a, b) = (seeded([2, 3000]), seeded([4], seed: 2))
        let first = try fingerprint([("a", a), ("b", b)])
        #expect(first.count == 64)
        #expect(try fingerprint([("a", a), ("c", b)]) != first)
        #expect(try fingerprint([("a", a.reshaped(to: [3000, 2])), ("b", b)]) != first)
        #expect(try fingerprint([("a", a)]) != first)
        #expect(try fingerprint([("b", a), ("a", b)]) != first)
        for index in [0, 1023, 5999] {
            var values = a.values
            values[index] += 1
            #expect(try fingerprint([("a", Tensor(values, shape: [2, 3000])), ("b", b)]) != first)
        }
    }

    @Test func filesAndTheirOrderDoNotMatter() throws {
        let (a, b) = (seeded([2, 3000]), seeded([4], seed: 2))
        let first = try fingerprint([("a", a), ("b", b)])
        #expect(try fingerprint([("b", b), ("a", a)], metadata: ["format": "pt"]) == first)
        try SafetensorsWriter.write([("a", a)], to: directory["1"])
        try SafetensorsWriter.write([("b", b)], to: directory["2"])
        #expect(try Checkpoint(files: [directory["2"], directory["1"]]).fingerprint() == first)
    }

    /// Recipes keep fingerprints: a new version of Zoetrope must find the same one.
    @Test func staysTheSame() throws {
        #expect(
            try fingerprint([("a", Tensor([1, 2], shape: [2]))])
                == "0843c58775743e24955904072d57c72716894a0d5a6083e2110412ed3d45ac62")
    }
}
