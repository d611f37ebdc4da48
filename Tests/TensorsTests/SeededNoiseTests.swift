import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing

/// PyTorch takes vectorised logarithms and sines; what is left is their rounding.
private let rounding: Float = 1e-6

@Test(arguments: ["below-16", "multiple-of-16", "not-a-multiple-of-16", "wan-latent"])
func noiseIsThatOfPyTorch(name: String) throws {
    let file = "noise/\(name)/expected.safetensors"
    let names = try SafetensorsFile(Goldens.url(file)).tensors.keys.sorted()
    #expect(names.count >= 8)
    for name in names {
        let seed = try #require(Int64(name.split(separator: ".")[1]))
        let expected = try Goldens.tensor(file, name)
        var noise = SeededNoise(seed: UInt64(bitPattern: seed))
        #expect(largestDifference(noise.normal(shape: expected.shape), expected) <= rounding, "\(name)")
    }
}

@Test func aSecondDrawGoesOnWhereTheFirstEnded() throws {
    let file = "noise/two-draws/expected.safetensors"
    for sizes in ["16.20", "33.17", "48.48", "5.3", "7.7"] {
        var noise = SeededNoise(seed: 7)
        for draw in ["first", "second"] {
            let expected = try Goldens.tensor(file, "sizes.\(sizes).\(draw)")
            let found = noise.normal(shape: expected.shape)
            #expect(largestDifference(found, expected) <= rounding, "\(sizes) \(draw)")
        }
    }
}

@Test func onlyTheLowHalfOfASeedCounts() {
    var low = SeededNoise(seed: 5), high = SeededNoise(seed: 5 | 1 << 32)
    #expect(low.normal(shape: [40]).values == high.normal(shape: [40]).values)
}
