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

/// The base size counts 0, 1, 2, ... to the last bit, whatever its sides.
@Test(arguments: ["1x1x1", "1x2x2", "3x5x7"])
func theBaseSizeCountsWholeTokens(name: String) throws {
    let base = try #require(PatchSize(name))
    let grid = TokenGrid(
        of: base, frames: 9 * base.time, height: 11 * base.height, width: 13 * base.width)
    let whole = PatchSize(time: 1, height: 1, width: 1)
    let counted = RotaryTable(
        TokenGrid(of: whole, frames: 9, height: 11, width: 13), base: whole, headWidth: 64)
    let found = RotaryTable(grid, base: base, headWidth: 64)
    #expect(found.cosine.values == counted.cosine.values && found.sine.values == counted.sine.values)
}

/// A token lies at the mean of the places of the cells that it holds, and so do those of the base.
@Test func tokensOfOtherSizesLieBetweenThoseOfTheBase() throws {
    let base = PatchSize(time: 1, height: 2, width: 2)
    for (name, first, second) in [
        ("1x1x1", -0.25, 0.25), ("1x4x4", 0.5, 2.5), ("1x3x3", 0.25, 1.75), ("1x2x2", 0, 1),
    ] {
        let patch = try #require(PatchSize(name))
        let grid = TokenGrid(of: patch, frames: 1, height: patch.height, width: 2 * patch.width)
        let table = RotaryTable(grid, base: base, headWidth: 6)  // a pair for each axis
        #expect(
            table.sine.values == [
                0, Float(sin(first)), Float(sin(first)), 0, Float(sin(first)), Float(sin(second)),
            ])
    }
}

@Test(arguments: ["1x2x2", "1x1x1", "1x4x4", "2x2x2", "2x4x4", "3x1x2"])
func everySizeTurnsAsInTraining(name: String) throws {
    let (patch, base) = (try #require(PatchSize(name)), PatchSize(time: 1, height: 2, width: 2))
    let file = "patch-sizes/odd-latent/expected.safetensors"
    let latent = try Goldens.tensor(file, "latent").shape
    // diffusers' own grid is that of the padded latent.
    let grid = TokenGrid(of: patch, frames: latent[1], height: latent[2], width: latent[3])
    let table = RotaryTable(grid, base: base, headWidth: 24)
    for (found, wanted) in [(table.cosine, "rope_cos"), (table.sine, "rope_sin")] {
        let twice = found.values.flatMap { [$0, $0] }
        let golden = try Goldens.tensor(file, "\(wanted).\(name)")
        #expect(largestDifference(Tensor(twice, shape: [grid.tokens, 24]), golden) <= 6e-8)
    }
}
