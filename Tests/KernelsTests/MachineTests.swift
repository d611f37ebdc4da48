import Kernels
import Testing

@Suite struct MachineTests {
    @Test func openBLASIsNotLeftAtItsOldestKernels() {
        #expect(!Machine.blasCore.isEmpty)
        if Machine.kernelSet.hasPrefix("avx512") {
            #expect(["SkylakeX", "Cooperlake", "SapphireRapids"].contains(Machine.blasCore))
        } else if Machine.kernelSet.hasPrefix("avx") {
            #expect(["Haswell", "Zen"].contains(Machine.blasCore))
        }
    }

    @Test func openBLASIsKnownAndNotTooSlow() {
        #expect(Machine.blasVersion.first?.isNumber == true)
        #expect(Machine.blasWarning == nil)
    }

    @Test func theFastestLevelIsTaken() {
        #expect(Machine.kernelSets.first == "portable")
        #expect(Machine.kernelSets.contains(Machine.kernelSet))
        #expect(!Machine.choose(kernelSet: "avx1024"))
    }
}
