import Checkpoints
import LatentDecoding
import Tensors
import TestSupport
import Testing

/// What decoding holds at the size of a published model, planned: no weight is read and nothing is computed.
@Suite struct DecodingMemoryTests {
    /// 17 frames of 256x256. What the levels remember is 545 MiB of it.
    @Test func wanHoldsLessThanSixtyFiveHundredthsOfAGibibyteAboveItsWeights() throws {
        let directory = TemporaryDirectory()
        try KeyList.published("wan2.1-vae").writeSparse(to: directory.url)
        let config = try KeyList.config(AutoencoderConfig.self, of: "wan2.1-vae")
        let ledger = MemoryLedger(isPlan: true)
        let weights = try RunScope.of(ledger) {
            let decoder = try RunScope.with(stage: "load") {
                try LatentDecoder(
                    WeightScope(try Checkpoint(component: directory.url)), config: config,
                    on: Workers(threads: 2))
            }
            let weights = ledger.heldBytes
            ledger.beginStage()
            try RunScope.with(stage: "decode") {
                try decoder.decode(Tensor(uninitialized: [16, 5, 32, 32])) { _ in }
            }
            return weights
        }
        let peak = try #require(ledger.report.stages.first { $0.name == "decode" }).peakBytes
        #expect(weights > 270 << 20 && weights < 290 << 20)
        #expect(Double(peak - weights) <= 0.65 * Double(1 << 30), "\(peak) bytes, \(weights) of them weights")
    }
}
