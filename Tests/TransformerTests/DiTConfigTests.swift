import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing
import Transformer

@Suite struct DiTConfigTests {
    @Test func publishedConfigIsReadWhole() throws {
        let config = try KeyList.config(DiTConfig.self, of: "wan2.1-i2v-14b-480p-transformer")
        #expect(config.patch == PatchSize(time: 1, height: 2, width: 2))
        #expect((config.heads, config.headWidth, config.width) == (40, 128, 5120))
        #expect(config.inputChannels == 36)
        #expect(config.outputChannels == 16)
        #expect((config.textWidth, config.frequencyWidth, config.hiddenWidth) == (4096, 256, 13_824))
        #expect((config.layers, config.epsilon, config.longestAxis) == (40, 1e-6, 1024))
        #expect(config.normsCrossAttention && config.queryKeyNorm == .acrossHeads)
        #expect((config.imageWidth, config.imageKeyWidth, config.imagePositions) == (1280, 5120, nil))
    }

    @Test func writtenConfigIsReadBack() throws {
        let config = try KeyList.config(DiTConfig.self, of: "wan2.2-ti2v-5b-transformer")
        let json = try JSONEncoder().encode(config)
        #expect(try JSONDecoder().decode(DiTConfig.self, from: json) == config)
    }

    @Test(arguments: [
        ("patch_size", "[1, 2]", "[1, 2] is no patch size; it takes three numbers from 1 to 64"),
        ("patch_size", "[1, 0, 2]", "[1, 0, 2] is no patch size; it takes three numbers from 1 to 64"),
        ("num_attention_heads", "0", "0 is no size."), ("num_layers", "-3", "-3 is no size."),
        ("attention_head_dim", "33", "It has to be even."), ("freq_dim", "65", "It has to be even."),
        ("ffn_dim", "9223372036854775807", "9223372036854775807 is no size."),
        ("eps", "0", "It lies between 0 and 1."),
        ("qk_norm", "\"rms_norm\"", "Cannot initialize QueryKeyNorm from invalid String value rms_norm"),
        (
            "image_dim", "20",
            "It is 64, the model's width, where there is an image_dim, and null otherwise."
        ),
    ])
    func impossibleValuesAreNamed(key: String, value: String, reason: String) throws {
        let json =
            try JSONSerialization.jsonObject(with: Data("{\"value\": \(value)}".utf8)) as? [String: Any]
        let found = try problem { $0[key] = json?["value"] }
        let named = key == "image_dim" ? "added_kv_proj_dim" : key
        #expect(found == .wrongValue(key: named, reason: reason))
    }

    @Test(arguments: ["patch_size", "qk_norm", "cross_attn_norm", "eps", "rope_max_seq_len", "out_channels"])
    func aMissingKeyIsNamed(key: String) throws {
        #expect(try problem { $0[key] = nil } == .missingKey(key))
    }

    /// What is wrong with a golden model's config after a change.
    private func problem(_ change: (inout [String: Any]) -> Void) throws -> ConfigProblem {
        let source = try Data(contentsOf: Goldens.url("transformer/patch-1x2x2/config.json"))
        var config = try #require(try JSONSerialization.jsonObject(with: source) as? [String: Any])
        change(&config)
        let directory = TemporaryDirectory()
        try JSONSerialization.data(withJSONObject: config).write(to: directory["config.json"])
        let error = try #require(throws: CheckpointError.self) {
            try readConfig(DiTConfig.self, at: directory["config.json"])
        }
        guard case .config(_, let problem) = error else { throw error }
        return problem
    }
}
