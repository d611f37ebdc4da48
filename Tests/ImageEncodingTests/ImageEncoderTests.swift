import Checkpoints
import Foundation
import ImageEncoding
import Pictures
import Tensors
import TestSupport
import Testing

@Suite struct ImageEncoderTests {
    static let cases = ["rest-bf16", "tall-quick-gelu", "wide"]

    private func folder(_ name: String) -> URL { Goldens.url("image_encoder/\(name)") }

    private func encoder(_ name: String, on workers: Workers = Workers(threads: 2)) throws -> ImageEncoder {
        try ImageEncoder(
            WeightScope(try Checkpoint(files: [folder(name).appendingPathComponent("model.safetensors")])),
            config: readConfig(
                ImageEncoderConfig.self, at: folder(name).appendingPathComponent("config.json")),
            processor: readConfig(
                ImageProcessor.self, at: folder(name).appendingPathComponent("preprocessor_config.json")),
            on: workers)
    }

    private func expected(_ name: String, _ stage: String) throws -> Tensor {
        try Goldens.tensor("image_encoder/\(name)/expected.safetensors", stage)
    }

    private func picture(_ name: String) throws -> Frame {
        let pixels = try expected(name, "picture")
        return Frame(width: pixels.shape[1], height: pixels.shape[0], pixels: pixels.values.map { UInt8($0) })
    }

    @Test func everyCaseIsTested() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Goldens.url("image_encoder").path)
        #expect(names.sorted() == Self.cases)
    }

    @Test(arguments: cases, [1, 3])
    func everyStageMatchesTransformers(name: String, threads: Int) throws {
        var stages = 0
        let output = try encoder(name, on: Workers(threads: threads)).encode(picture(name)) { stage, found in
            let key =
                switch stage {
                case .pixels: "pixels"
                case .embedding: "embedding"
                case .layer(let index): "layer.\(index)"
                }
            let error = (try? expected(name, key)).map { relativeError(found, $0) } ?? .infinity
            #expect(error <= 1e-5, "\(key): \(error)")
            stages += 1
        }
        #expect(stages == (try encoder(name).config.layers) + 1)
        #expect(relativeError(output, try expected(name, "output")) <= 1e-5)
    }

    @Test func loadsThePublishedEncoder() throws {
        let name = "wan2.1-i2v-14b-480p-image-encoder"
        let directory = TemporaryDirectory()
        try KeyList.published(name).writeSparse(to: directory.url, stem: "model")
        let config = try KeyList.config(ImageEncoderConfig.self, of: name)
        #expect(config.tokens == 257 && config.width == 1280)
        let text = """
            {"size": {"shortest_edge": 224}, "crop_size": {"height": 224, "width": 224}, "resample": 3,
             "rescale_factor": 0.00392156862745098, "image_mean": [0.48, 0.46, 0.41], "image_std": [0.27, 0.26, 0.28]}
            """
        try Data(text.utf8).write(to: directory["preprocessor_config.json"])
        _ = try ImageEncoder(
            WeightScope(try Checkpoint(component: directory.url)), config: config,
            processor: readConfig(ImageProcessor.self, at: directory["preprocessor_config.json"]),
            on: Workers(threads: 1))
    }

    @Test(arguments: [
        ("config.json", "num_attention_heads", "5", "The width 32 is no multiple of it."),
        ("config.json", "patch_size", "29", "It is larger than the picture."),
        ("config.json", "image_size", "5000", "It is 4096 at the most."),
        ("preprocessor_config.json", "resample", "2", "Only 3, bicubic, is supported."),
    ])
    func namesAConfigThatDescribesNoEncoder(file: String, key: String, value: String, reason: String) throws {
        let text = try String(contentsOf: folder("wide").appendingPathComponent(file), encoding: .utf8)
        let directory = TemporaryDirectory()
        try text.replacing(try Regex("\"\(key)\": [^,]*"), with: "\"\(key)\": \(value)")
            .write(to: directory[file], atomically: true, encoding: .utf8)
        let error = CheckpointError.config(directory[file].path, .wrongValue(key: key, reason: reason))
        #expect(throws: error) {
            if file == "config.json" {
                _ = try readConfig(ImageEncoderConfig.self, at: directory[file])
            } else {
                _ = try readConfig(ImageProcessor.self, at: directory[file])
            }
        }
    }

    @Test func aProcessorOfAnotherModelIsNamed() throws {
        let url = folder("wide")
        #expect(throws: ImageEncoderError.cropDoesNotFit(crop: 32, image: 28)) {
            try ImageEncoder(
                WeightScope(try Checkpoint(files: [url.appendingPathComponent("model.safetensors")])),
                config: readConfig(
                    ImageEncoderConfig.self, at: url.appendingPathComponent("config.json")),
                processor: readConfig(
                    ImageProcessor.self,
                    at: folder("tall-quick-gelu").appendingPathComponent("preprocessor_config.json")),
                on: Workers(threads: 1))
        }
        #expect(
            ImageEncoderError.cropDoesNotFit(crop: 32, image: 28).description
                == "image_processor/preprocessor_config.json cuts pictures to 32x32 pixels, but the image encoder "
                + "takes 28x28. The two belong to different models; copy both from the same one.")
    }

    @Test func stopsWhenCancelled() throws {
        let workers = Workers(threads: 2)
        let encoder = try encoder("wide", on: workers)
        workers.cancel()
        #expect(throws: CancellationError.self) { try encoder.encode(picture("wide")) }
    }
}
