import Checkpoints
import Foundation
import LatentDecoding
import Tensors
import TestSupport
import Testing

@Suite struct AutoencoderConfigTests {
    /// Fields that files from before Wan 2.2 lack.
    @Test func absentFieldsMeanWhatTheClassTakesThemFor() throws {
        let config = try KeyList.config(AutoencoderConfig.self, of: "wan2.1-vae")
        #expect(config.decoderWidth == config.encoderWidth)
        #expect(config.patchSize == 1)
        #expect(!config.hasLevelShortcuts)
        #expect(config.inputChannels == 3)
        #expect(config.outputChannels == 3)
    }

    @Test func factorsFollowFromTheLayout() throws {
        for golden in AutoencoderGolden.all {
            let config = try golden.config
            #expect(config.temporalFactor == config.statedTemporalFactor)
            #expect(config.spatialFactor == config.statedSpatialFactor)
        }
        #expect(try AutoencoderGolden("wan-2.1").config.frameCount(latentFrames: 5) == 17)
    }

    @Test(arguments: [
        ("base_dim", "0", "0 is not between 1 and 4096."),
        ("z_dim", "5000", "5000 is not between 1 and 4096."),
        ("dim_mult", "[]", "it needs 1 to 8 factors of at least 1."),
        ("temperal_downsample", "[true]", "it has 1 entries, but 'dim_mult' asks for 3."),
        ("latents_mean", "[0, 0]", "it needs 4 finite numbers, one for each latent channel."),
        ("latents_std", "[1, 1, 1, 0]", "it needs 4 numbers above 0, one for each latent channel."),
        ("attn_scales", "[0.5]", "only an empty list is supported."),
        ("in_channels", "12", "it is 12, but the other fields make it 3."),
        ("scale_factor_temporal", "8", "it is 8, but the other fields make it 4."),
        ("scale_factor_spatial", "16", "it is 16, but the other fields make it 8."),
    ])
    func aValueThatNoLayoutHasIsNamed(_ key: String, _ value: String, _ reason: String) throws {
        #expect(try problem(of: "wan-2.1", key, value) == .wrongValue(key: key, reason: reason))
    }

    @Test func aShortcutThatDoesNotComeOutEvenIsRefused() throws {
        let reason = "the encoder's short-cut from 16 to 24 channels does not come out even."
        let problem = try problem(of: "residual", "dim_mult", "[1, 2, 3]")
        #expect(problem == .wrongValue(key: "dim_mult", reason: reason))
    }

    @Test func aMissingFieldIsNamed() throws {
        #expect(try problem(of: "wan-2.1", "z_dim", nil) == .missingKey("z_dim"))
    }

    @Test func errorsSayWhatWhereAndWhatToDo() {
        #expect(
            AutoencoderError.wrongLatent(shape: [4, 1], channels: 16).description
                == "A latent of shape [4, 1] cannot be decoded: this autoencoder needs [16, frames, rows, "
                + "columns], at least one of each. The latent belongs to another model.")
        #expect(
            AutoencoderError.wrongFrame(shape: [9, 8, 3], factor: 8).description
                == "A frame of shape [9, 8, 3] cannot be encoded: this autoencoder needs [rows, columns, 3], "
                + "all frames of one size, rows and columns multiples of 8. Scale or crop the video.")
        #expect(
            AutoencoderError.wrongFrameCount(found: 4, factor: 4).description
                == "A video of 4 frames cannot be encoded: this autoencoder needs 1 frame and then 4 for each "
                + "further latent frame. Cut or extend the video.")
    }

    @Test(arguments: [[16, 1, 2, 2], [4, 0, 2, 2], [4, 1, 2], [4, 1, 0, 2]])
    func aLatentOfAnotherShapeIsRefused(_ shape: [Int]) throws {
        let decoder = try AutoencoderGolden("wan-2.1").decoder()
        #expect(throws: AutoencoderError.wrongLatent(shape: shape, channels: 4)) {
            try decoder.decode(Tensor(shape: shape)) { _ in }
        }
    }

    @Test func aVideoThatDoesNotFitIsRefused() throws {
        let encoder = try AutoencoderGolden("wan-2.1").encoder()
        let frame = Tensor(shape: [8, 16, 3])
        for odd in [[8, 15, 3], [8, 16, 4], [0, 16, 3], [8, 16]] {
            #expect(throws: AutoencoderError.wrongFrame(shape: odd, factor: 8)) {
                try encoder.encode([Tensor(shape: odd)])
            }
        }
        #expect(throws: AutoencoderError.wrongFrame(shape: [16, 16, 3], factor: 8)) {
            try encoder.encode([frame, Tensor(shape: [16, 16, 3])])
        }
        for count in [0, 2, 4, 6] {
            #expect(throws: AutoencoderError.wrongFrameCount(found: count, factor: 4)) {
                try encoder.encode(Array(repeating: frame, count: count))
            }
        }
    }

    /// What is wrong with the config of a golden in which one field is changed, or left out for nil.
    private func problem(of name: String, _ key: String, _ value: String?) throws -> ConfigProblem? {
        let data = try Data(contentsOf: AutoencoderGolden(name).folder.appendingPathComponent("config.json"))
        var fields = try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
        fields[key] = try value.map {
            try JSONSerialization.jsonObject(with: Data($0.utf8), options: .fragmentsAllowed)
        }
        let directory = TemporaryDirectory()
        try JSONSerialization.data(withJSONObject: fields).write(to: directory["config.json"])
        let error = #expect(throws: CheckpointError.self) {
            try readConfig(AutoencoderConfig.self, at: directory["config.json"])
        }
        guard case .config(_, let problem)? = error else { return nil }
        return problem
    }
}
