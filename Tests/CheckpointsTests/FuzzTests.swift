import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing

/// Damaged files either load or are refused with a `CheckpointError`; nothing reads outside the file.
@Suite struct FuzzTests {
    private struct Random: RandomNumberGenerator {
        var state: UInt64

        // SplitMix64.
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var word = state
            word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
            word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
            return word ^ word >> 31
        }
    }

    private static let pieces = [
        "{", "}", "[", "]", "\"", ",", ":", "-", "\\", "\\u", "0", "9223372036854775807",
        "9223372036854775808",
        "-1", "1e3", "\"F8_E5M2\"", "\"__metadata__\"", "null", "\u{0}", "{\"a\":{}}", "[[[[", "\u{1F39E}",
    ]

    /// Changes a few bytes, most of them in the header.
    private func damaged(_ original: Data, _ random: inout Random) -> Data {
        var bytes = original
        for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
            let end = Bool.random(using: &random) ? bytes.count : min(bytes.count, 400)
            let place = Int.random(in: 0..<end, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 2: bytes = bytes.prefix(place)
            case 3: bytes.remove(at: place)
            case 4: bytes.insert(UInt8(ascii: "0") + UInt8.random(in: 0..<10, using: &random), at: place)
            default:
                let piece = Self.pieces.randomElement(using: &random) ?? ""
                bytes.replaceSubrange(
                    place..<min(bytes.count, place + piece.utf8.count), with: Data(piece.utf8))
            }
        }
        return bytes
    }

    /// The header's length fits again, so that damage reaches the JSON behind it.
    private func repaired(_ bytes: Data, dataBytes: Int) -> Data {
        guard bytes.count > 8 + dataBytes else { return bytes }
        let length = UInt64(bytes.count - 8 - dataBytes)
        return withUnsafeBytes(of: length.littleEndian) { Data($0) } + bytes.dropFirst(8)
    }

    @Test(arguments: 0..<10 as Range<UInt64>)
    func damagedFilesAreReadOrRefused(seed: UInt64) throws {
        let directory = TemporaryDirectory()
        let golden = try Data(contentsOf: Goldens.url("checkpoints/every-type/model.safetensors"))
        var random = Random(state: seed)
        let url = directory["x.safetensors"]
        var loaded = 0
        for round in 0..<200 {
            var bytes = damaged(golden, &random)
            if round % 2 == 0 { bytes = repaired(bytes, dataBytes: 8361) }
            try bytes.write(to: url)
            do {
                let checkpoint = try Checkpoint(files: [url])
                loaded += 1
                // Every byte that a tensor claims can be read.
                let fits = checkpoint.tensors.values.allSatisfy { stored in
                    _ = stored.bytes.reduce(0) { $0 &+ Int($1) }
                    return stored.bytes.count == stored.count * stored.type.byteCount
                }
                #expect(fits && checkpoint.fingerprint().count == 64)
            } catch {
                if !error.description.hasPrefix(url.path + ": ") { Issue.record("\(error)") }
            }
        }
        #expect((10..<190).contains(loaded), "too many or too few were sound to say anything")
    }

    @Test(arguments: 0..<5 as Range<UInt64>)
    func damagedIndicesAreReadOrRefused(seed: UInt64) throws {
        let directory = TemporaryDirectory()
        let list = KeyList(tensors: (0..<6).map { .init(name: "t.\($0)", shape: [2], type: "F32") })
        try list.writeSparse(to: directory.url, shards: 2)
        let index = directory["diffusion_pytorch_model.safetensors.index.json"]
        let original = try Data(contentsOf: index)
        var random = Random(state: seed)
        for _ in 0..<100 {
            try damaged(original, &random).write(to: index)
            do {
                #expect(try Checkpoint(component: directory.url).tensors.count <= 6)
            } catch {
                if !error.description.hasPrefix(directory.url.path) { Issue.record("\(error)") }
            }
        }
    }
}
