import Checkpoints
import Foundation
import Patching
import Tensors
import TestSupport
import Testing

/// What the table needs to know of a transformer's config.
private struct RotaryConfig: Decodable {
    let patch: PatchSize
    let headWidth: Int

    enum CodingKeys: String, CodingKey {
        case patch = "patch_size"
        case headWidth = "attention_head_dim"
    }
}

@Test(arguments: [
    "full-context-bf16", "head-64-fp16", "image-to-video", "one-token", "patch-1x1x1", "patch-1x2x2",
    "patch-2x2x2", "sharded",
])
func rotaryTableMatchesDiffusers(name: String) throws {
    let config = try readConfig(RotaryConfig.self, at: Goldens.url("transformer/\(name)/config.json"))
    let expected = "transformer/\(name)/expected.safetensors"
    let latent = try Goldens.tensor(expected, "latent").shape
    let grid = TokenGrid(of: config.patch, frames: latent[1], height: latent[2], width: latent[3])
    let table = RotaryTable(grid, base: config.patch, headWidth: config.headWidth)
    // diffusers gives each angle twice, once for either channel of the pair.
    for (found, wanted) in [(table.cosine, "rope_cos"), (table.sine, "rope_sin")] {
        let twice = found.values.flatMap { [$0, $0] }
        let golden = try Goldens.tensor(expected, wanted)
        #expect(largestDifference(Tensor(twice, shape: [grid.tokens, config.headWidth]), golden) <= 6e-8)
    }
}

/// Wan's own split of a head of 128 channels is 44, 42 and 42.
@Test func frequenciesOfEachAxisStartAtOne() {
    let patch = PatchSize(time: 1, height: 1, width: 1)
    let grid = TokenGrid(of: patch, frames: 2, height: 3, width: 4)
    let table = RotaryTable(grid, base: patch, headWidth: 128)
    let token = (1 * 3 + 2) * 4 + 3
    let sines = table.sine.rows(token..<token + 1).values
    #expect(sines.count == 64)
    #expect(sines[0] == Float(sin(1.0)) && sines[22] == Float(sin(2.0)) && sines[43] == Float(sin(3.0)))
}
