import Foundation
import Profiling
import Testing

@Suite struct ResidentSamplerTests {
    @Test func seesMemoryThatIsFilled() throws {
        let sampler = ResidentSampler(since: .now, every: 1)
        let size = 64 << 20
        let memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 4096)
        memory.initializeMemory(as: UInt8.self, repeating: 1, count: size)
        Thread.sleep(forTimeInterval: 0.02)
        let filled = try #require(ResidentSampler.residentBytes())
        memory.deallocate()
        let samples = sampler.stop()
        #expect(samples.count >= 2)
        #expect(samples.map(\.nanoseconds) == samples.map(\.nanoseconds).sorted())
        let most = try #require(samples.map(\.bytes).max())
        #expect(most >= size && most >= filled - size / 2)
    }
}
