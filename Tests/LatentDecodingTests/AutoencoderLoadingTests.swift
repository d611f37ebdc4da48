import Checkpoints
import Foundation
import LatentDecoding
import Tensors
import TestSupport
import Testing

@Suite struct AutoencoderLoadingTests {
    @Test(arguments: ["wan2.1-vae", "wan2.2-vae"])
    func publishedCheckpointsFit(_ name: String) throws {
        let config = try KeyList.config(AutoencoderConfig.self, of: name)
        let checkpoint = try sparse(KeyList.published(name).tensors)
        let workers = Workers(threads: 2)
        _ = try LatentDecoder(WeightScope(checkpoint), config: config, on: workers)
        _ = try LatentEncoder(WeightScope(checkpoint), config: config, on: workers)
        #expect(config.temporalFactor == 4)
        #expect(config.spatialFactor == (name == "wan2.1-vae" ? 8 : 16))
    }

    @Test func eachHalfLoadsWithoutTheOther() throws {
        let entries = try entries()
        let decoder = entries.filter {
            $0.name.hasPrefix("decoder.") || $0.name.hasPrefix("post_quant_conv.")
        }
        let encoder = entries.filter { $0.name.hasPrefix("encoder.") || $0.name.hasPrefix("quant_conv.") }
        #expect(decoder.count + encoder.count == entries.count)
        #expect(try decoderProblems(of: decoder) == nil)
        #expect(try encoderProblems(of: encoder) == nil)
    }

    @Test func aMissingTensorIsNamed() throws {
        let name = "decoder.up_blocks.1.resnets.0.conv_shortcut.weight"
        let problems = try decoderProblems(of: entries().filter { $0.name != name })
        #expect(problems?.missing == [name])
        let key = "encoder.down_blocks.2.resample.1.bias"
        #expect(try encoderProblems(of: entries().filter { $0.name != key })?.missing == [key])
    }

    @Test(arguments: ["decoder.up_blocks.4.resnets.0.norm1.gamma", "taehv.weight"])
    func anUnknownTensorIsNamed(_ name: String) throws {
        let problems = try decoderProblems(of: entries() + [.init(name: name, shape: [3], type: "F32")])
        #expect(problems?.unused == [name])
    }

    @Test func aTensorOfAnotherShapeIsNamed() throws {
        let name = "encoder.conv_in.weight"
        let changed = try entries().map { entry in
            entry.name == name ? .init(name: name, shape: [3, 3, 1, 3, 3], type: "F32") : entry
        }
        let problems = try encoderProblems(of: changed)
        #expect(problems?.wrongShape.map(\.name) == [name])
        #expect(problems?.wrongShape.map(\.expected) == [[3, 3, 3, 3, 3]])
        #expect(try decoderProblems(of: changed) == nil)
    }

    @Test func weightsWithoutShortcutsDoNotFitALayoutThatHasThem() throws {
        let config = try AutoencoderGolden("residual").config
        #expect(throws: CheckpointError.self) {
            try LatentDecoder(WeightScope(sparse(entries())), config: config, on: Workers(threads: 1))
        }
    }

    private let golden = AutoencoderGolden("wan-2.1")

    /// Names and shapes of a small autoencoder.
    private func entries() throws -> [KeyList.Entry] {
        try golden.weights.tensors.map {
            .init(name: $0.key, shape: $0.value.shape, type: $0.value.type.rawValue)
        }
    }

    private func sparse(_ entries: [KeyList.Entry]) throws -> Checkpoint {
        let directory = TemporaryDirectory()
        try KeyList(tensors: entries).writeSparse(to: directory.url)
        return try Checkpoint(component: directory.url)
    }

    private func decoderProblems(of entries: [KeyList.Entry]) throws -> KeyProblems? {
        try problems(of: entries) { _ = try LatentDecoder($0, config: $1, on: Workers(threads: 1)) }
    }

    private func encoderProblems(of entries: [KeyList.Entry]) throws -> KeyProblems? {
        try problems(of: entries) { _ = try LatentEncoder($0, config: $1, on: Workers(threads: 1)) }
    }

    private func problems(
        of entries: [KeyList.Entry], load: (WeightScope, AutoencoderConfig) throws -> Void
    ) throws -> KeyProblems? {
        let checkpoint = try sparse(entries)
        do {
            try load(WeightScope(checkpoint), golden.config)
            return nil
        } catch let error as CheckpointError {
            guard case .keys(_, let problems) = error else { throw error }
            return problems
        }
    }
}
