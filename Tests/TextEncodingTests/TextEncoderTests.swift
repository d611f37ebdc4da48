import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing
import TextEncoding

struct TextEncoderTests {
    static let cases = [
        "umt5/1-token", "umt5/7-tokens", "umt5/40-tokens", "umt5/40-tokens-bf16", "umt5/200-tokens-bf16",
        "t5/7-tokens", "t5/40-tokens-bf16", "t5/200-tokens",
    ]

    private func config(_ name: String) throws -> TextEncoderConfig {
        try readConfig(TextEncoderConfig.self, at: Goldens.url(name + "/config.json"))
    }

    private func weights(_ name: String) throws -> WeightScope {
        WeightScope(try Checkpoint(files: [Goldens.url(name + "/model.safetensors")]))
    }

    private func encoder(_ name: String, on workers: Workers) throws -> TextEncoder {
        try TextEncoder(weights(name), config: config(name), on: workers)
    }

    @Test(arguments: cases, [1, 3])
    func everyStageMatchesTransformers(name: String, threads: Int) throws {
        let file = name + "/expected.safetensors"
        let ids = try Goldens.integers(file, "ids").map { Int32($0) }
        var stages: [(TextEncoder.Stage, Tensor)] = []
        let output = try encoder(name, on: Workers(threads: threads)).encode([ids]) {
            stages.append(($0, $1))
        }[0]
        #expect(stages.count == (try config(name).layers) + 2)
        for (stage, found) in stages {
            let key =
                switch stage {
                case .embedding: "embedding"
                case .block(let index): "block.\(index)"
                case .output: "output"
                }
            let error = relativeError(found, try Goldens.tensor(file, key))
            #expect(error <= 1e-5, "\(key): \(error)")
        }
        #expect(relativeError(output, try Goldens.tensor(file, "output")) <= 1e-5)
    }

    @Test func severalPromptsAreReadAsEachAlone() throws {
        let encoder = try encoder(Self.cases[0], on: Workers(threads: 2))
        let prompts: [[Int32]] = [[5, 9, 1], [1], [7, 7, 3, 2, 11, 1]]
        let together = try encoder.encode(prompts)
        #expect(together.map(\.shape[0]) == [3, 1, 6])
        for (prompt, found) in zip(prompts, together) {
            #expect(try encoder.encode([prompt])[0].values == found.values)
        }
    }

    @Test(arguments: cases)
    func relativeBiasesMatchTransformers(name: String) throws {
        let file = name + "/expected.safetensors"
        let tokens = try Goldens.integers(file, "ids").count
        let config = try config(name)
        let weights = try weights(name)["encoder.block"]
        for layer in 0..<(config.family == .umt5 ? config.layers : 1) {
            let scope = weights[layer]["layer.0.SelfAttention.relative_attention_bias"]
            let bias = try RelativeBias(scope, config: config)(tokens: tokens)
            let expected = try Goldens.tensor(file, "relative_bias_by_distance.\(layer)")
            #expect(largestDifference(byDistance(bias), expected) == 0)
            guard tokens <= 40 else { continue }
            #expect(largestDifference(bias, try Goldens.tensor(file, "relative_bias.\(layer)")) == 0)
        }
    }

    /// Each head's bias from the last query to the first key up to the first query to the last key.
    private func byDistance(_ bias: Tensor) -> Tensor {
        let (heads, tokens) = (bias.shape[0], bias.shape[1])
        let values = bias.values
        let rows = (0..<heads).map { head in
            let column = (1..<tokens).reversed().map { values[(head * tokens + $0) * tokens] }
            return column + (0..<tokens).map { values[head * tokens * tokens + $0] }
        }
        return Tensor(rows.flatMap { $0 }, shape: [heads, 2 * tokens - 1])
    }

    @Test func bucketsOfUMT5() {
        // transformers 5.23.0, UMT5Attention._relative_position_bucket with 32 buckets and distance 128
        let near = [
            8: 8, 11: 8, 12: 9, 15: 9, 16: 10, 22: 10, 23: 11, 31: 11, 32: 12, 45: 12, 46: 13, 63: 13,
        ]
        let far = [64: 14, 90: 14, 91: 15, 127: 15, 128: 15, 511: 15]
        for (distance, bucket) in near.merging(far, uniquingKeysWith: { first, _ in first }) {
            #expect(RelativeBias.bucket(of: -distance, buckets: 32, farthest: 128) == bucket, "\(distance)")
            #expect(
                RelativeBias.bucket(of: distance, buckets: 32, farthest: 128) == bucket + 16, "\(distance)")
        }
        for distance in 0..<8 {
            #expect(RelativeBias.bucket(of: -distance, buckets: 32, farthest: 128) == distance)
        }
    }

    @Test func stopsWhenCancelled() throws {
        let workers = Workers(threads: 2)
        let encoder = try encoder("umt5/7-tokens", on: workers)
        workers.cancel()
        #expect(throws: CancellationError.self) { try encoder.encode([[5, 1]]) }
    }

    @Test func namesAnIDThatItDoesNotKnow() throws {
        let encoder = try encoder("umt5/7-tokens", on: Workers(threads: 1))
        let error = #expect(throws: TextEncoderError.self) { try encoder.encode([[120, 1]]) }
        #expect(
            error?.description
                == "The tokenizer gave the id 120, but the text encoder knows 120 ids. The two belong to "
                + "different models; copy 'tokenizer' and 'text_encoder' from the same one.")
    }

    @Test(arguments: [
        ("num_layers", "-1", "-1 is no size."),
        ("relative_attention_num_buckets", "6", "It is a multiple of 4."),
        ("relative_attention_max_distance", "8", "It is more than the 8 distances that have a bucket each."),
        ("layer_norm_epsilon", "0", "It lies between 0 and 1."),
    ])
    func namesAConfigThatDescribesNoModel(key: String, value: String, reason: String) throws {
        let text = try String(contentsOf: Goldens.url("umt5/7-tokens/config.json"), encoding: .utf8)
        let directory = TemporaryDirectory()
        let file = directory["config.json"]
        try text.replacing(try Regex("\"\(key)\": [^,]*"), with: "\"\(key)\": \(value)")
            .write(to: file, atomically: true, encoding: .utf8)
        #expect(throws: CheckpointError.config(file.path, .wrongValue(key: key, reason: reason))) {
            try readConfig(TextEncoderConfig.self, at: file)
        }
    }
}
