import Foundation
import LatentDecoding
import Tensors
import TestSupport
import Testing

@Suite struct AutoencoderGoldenTests {
    private static let bound = 1e-4

    @Test func everyCaseIsTested() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Goldens.url("vae").path)
        #expect(folders.sorted() == AutoencoderGolden.names)
    }

    @Test(arguments: AutoencoderGolden.all)
    func decodesLikeTheReference(_ golden: AutoencoderGolden) throws {
        let video = try golden.decoder().video(of: golden.tensor("latent"))
        #expect(relativeError(video, channelsLast(try golden.tensor("frames"))) <= Self.bound)
    }

    @Test(arguments: AutoencoderGolden.all)
    func encodesLikeTheReference(_ golden: AutoencoderGolden) throws {
        let config = try golden.config
        let latent = try golden.encoder().encode(golden.video())
        #expect(relativeError(latent, try golden.tensor("encoded_normalised")) <= Self.bound)
        let pixels = latent.count / config.latentChannels
        let unscaled = latent.values.enumerated().map { index, value in
            value * config.latentDeviation[index / pixels] + config.latentMean[index / pixels]
        }
        #expect(
            relativeError(Tensor(unscaled, shape: latent.shape), try golden.tensor("encoded")) <= Self.bound)
    }

    @Test(arguments: ["wan-2.1", "residual"])
    func decoderStagesAreThoseOfTheReference(_ name: String) throws {
        let golden = AutoencoderGolden(name)
        let names = try golden.stageNames(of: "decoder")
        let stages = try golden.decoder().stages(of: golden.tensor("latent"))
        #expect(Set(names) == Set(stages.keys).subtracting(["frames"]))
        for name in names {
            let stage = try #require(stages[name])
            let expected = channelsLast(try golden.tensor("decoder.\(name)"))
            #expect(relativeError(stage, expected) <= Self.bound, "\(name)")
        }
    }

    @Test(arguments: ["wan-2.1", "residual"])
    func encoderStagesAreThoseOfTheReference(_ name: String) throws {
        let golden = AutoencoderGolden(name)
        let names = try golden.stageNames(of: "encoder")
        let stages = try golden.encoder().stages(of: golden.video())
        #expect(Set(names) == Set(stages.keys))
        for name in names {
            let stage = try #require(stages[name])
            let expected = channelsLast(try golden.tensor("encoder.\(name)"))
            #expect(relativeError(stage, expected) <= Self.bound, "\(name)")
        }
    }
}
