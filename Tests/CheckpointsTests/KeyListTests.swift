import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing

/// Headers of the published models, as sparse files.
@Suite(.serialized) struct KeyListTests {
    private static let published: [(String, Int, Int)] = [
        ("umt5-xxl-encoder", 242, 1), ("wan2.1-i2v-14b-480p-transformer", 1343, 14),
        ("wan2.1-t2v-1.3b-transformer", 825, 1), ("wan2.1-vae", 194, 1),
        ("wan2.2-i2v-a14b-transformer", 1095, 12), ("wan2.2-ti2v-5b-transformer", 825, 3),
        ("wan2.2-vae", 196, 1),
    ]

    @Test(arguments: published)
    func publishedHeadersOpen(name: String, tensors: Int, shards: Int) throws {
        let directory = TemporaryDirectory()
        let list = try KeyList.published(name)
        try list.writeSparse(to: directory.url, shards: shards)
        let checkpoint = try Checkpoint(component: directory.url)
        #expect(list.tensors.count == tensors)
        #expect(checkpoint.tensors.count == tensors)
        #expect(checkpoint.files.count == shards)
        let weights = WeightScope(checkpoint)
        for entry in list.tensors {
            #expect(try weights.tensor(entry.name, shape: entry.shape).type.rawValue == entry.type)
        }
        try weights.checkAllUsed()
    }

    @Test func configsComeWithTheLists() throws {
        struct Config: Decodable {
            let num_layers: Int
        }
        #expect(try KeyList.config(Config.self, of: "wan2.1-t2v-1.3b-transformer").num_layers == 30)
    }

    @Test func fourteenBillionParametersOpenFast() throws {
        let directory = TemporaryDirectory()
        try KeyList.published("wan2.1-i2v-14b-480p-transformer").writeSparse(to: directory.url)
        let times = try (0..<5).map { _ in
            try ContinuousClock().measure {
                let checkpoint = try Checkpoint(component: directory.url)
                #expect(checkpoint.byteCount > 60_000_000_000)
            }
        }
        let best = try #require(times.min())
        #expect(best < .milliseconds(50), "took \(times)")
    }
}
