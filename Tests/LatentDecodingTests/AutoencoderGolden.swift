import Checkpoints
import Foundation
import LatentDecoding
import Tensors
import TestSupport
import Testing

/// A small autoencoder with random weights, and what the reference made with it.
struct AutoencoderGolden: CustomTestStringConvertible, Sendable {
    static let names = [
        "five-frames", "one-frame", "patches", "residual", "residual-bf16", "residual-five-frames", "wan-2.1",
        "wan-2.1-bf16", "wan-2.2",
    ]
    static let all = names.map(AutoencoderGolden.init)

    let name: String

    init(_ name: String) { self.name = name }

    var testDescription: String { name }
    var folder: URL { Goldens.url("vae/\(name)") }
    private var expected: String { "vae/\(name)/expected.safetensors" }

    var config: AutoencoderConfig {
        get throws {
            try readConfig(AutoencoderConfig.self, at: folder.appendingPathComponent("config.json"))
        }
    }

    var weights: Checkpoint {
        get throws {
            try Checkpoint(files: [folder.appendingPathComponent("diffusion_pytorch_model.safetensors")])
        }
    }

    func decoder(threads: Int = 2) throws -> LatentDecoder { try decoder(on: Workers(threads: threads)) }

    func decoder(on workers: Workers) throws -> LatentDecoder {
        try LatentDecoder(WeightScope(weights), config: config, on: workers)
    }

    func encoder(threads: Int = 2) throws -> LatentEncoder {
        let workers = Workers(threads: threads)
        return try LatentEncoder(WeightScope(weights), config: config, on: workers)
    }

    /// A tensor of the reference, channels first.
    func tensor(_ name: String) throws -> Tensor { try Goldens.tensor(expected, name) }

    /// The frames `[H, W, 3]` of the video that the reference encoded.
    func video() throws -> [Tensor] {
        let video = try channelsLast(tensor("video"))
        return (0..<video.shape[0]).map {
            video.rows($0..<$0 + 1).reshaped(to: Array(video.shape.dropFirst()))
        }
    }

    /// Names of the stages that the reference kept, such as `0.conv_in`; empty for most cases.
    func stageNames(of part: String) throws -> [String] {
        let file = try SafetensorsFile(Goldens.url(expected))
        return file.tensors.keys.filter { $0.hasPrefix(part + ".") }.map {
            String($0.dropFirst(part.count + 1))
        }
    }
}

extension LatentDecoder {
    /// All frames in one tensor, `[F, H, W, 3]`.
    func video(of latent: Tensor) throws -> Tensor {
        var frames: [Tensor] = []
        try decode(latent) { frames.append($0.reshaped(to: [1] + $0.shape)) }
        return Tensor.concatenated(frames)
    }
}

/// `[C, T, H, W]` to `[T, H, W, C]`.
func channelsLast(_ tensor: Tensor) -> Tensor {
    let shape = tensor.shape
    let pixels = shape[1] * shape[2] * shape[3]
    let values = tensor.values
    let turned = (0..<values.count).map { values[$0 % shape[0] * pixels + $0 / shape[0]] }
    return Tensor(turned, shape: [shape[1], shape[2], shape[3], shape[0]])
}
