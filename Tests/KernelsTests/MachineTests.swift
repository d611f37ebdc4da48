import Kernels
import Testing

@Suite struct MachineTests {
    @Test func openBLASIsNotLeftAtItsOldestKernels() {
        #expect(!Machine.blasCore.isEmpty)
        if Machine.kernelSet == "avx512" {
            #expect(["SkylakeX", "Cooperlake", "SapphireRapids"].contains(Machine.blasCore))
        }
        if Machine.kernelSet == "avx2" { #expect(Machine.blasCore != "Prescott") }
    }
}
