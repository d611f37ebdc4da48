import Foundation
import TestSupport
import Tuning
import Zoetrope

/// A sweep's directory whose runs are made up.
struct SmallSweep {
    let temporary = TemporaryDirectory()
    let definition: SweepDefinition
    var path: String { temporary["sweep"].path }

    init(
        vary: [String] = ["steps=6|12"], prompts: [String] = ["a red <balloon> & \"it's\" shadow"],
        seeds: [UInt64] = [1, 2], modelOption: String? = nil
    ) throws {
        var list = TrialList()
        list.axes = try vary.map { try OptionGrid.Axis($0) }
        definition = SweepDefinition(
            modelOption: modelOption, model: try VideoGenerator(model: "sprites").identity(),
            prompts: prompts, seeds: seeds,
            trials: try list.trials())
    }

    func open() throws -> SweepDirectory { try SweepDirectory(path, for: definition) }

    /// Trial `n` takes `4 - n` seconds and loses `n` times 10 dB from 50; each run later takes a tenth more.
    func record(_ trial: Int, seed: UInt64 = 1, repetition: Int = 0) -> RunRecord {
        let item = SweepCase(prompt: definition.prompts[0], seed: seed)
        var record = RunRecord(trial: definition.trials[trial], of: item, repetition: repetition)
        let seconds = Double(4 - trial) * (1 + 0.1 * Double(repetition))
        record.cost = RunCost(
            seconds: ["load": 0.25, "sample": seconds], totalSeconds: seconds + 0.25,
            processSeconds: seconds + 0.5,
            stepSeconds: [seconds / 4, seconds * 3 / 4], peakResidentBytes: (trial + 1) << 20,
            stepTokens: [20, 80],
            threads: 2, kernels: "avx2")
        if repetition == 0 {
            record.quality = ClipQuality(
                latentRelativeL2: 0.1 * Double(trial), psnr: trial == 0 ? 120 : 50 - 10 * Double(trial),
                ssim: 0.9,
                flicker: 2, flickerRatio: 1.25)
            record.clip = "clips/trial-\(trial)-prompt-1-seed-\(seed).mp4"
        }
        return record
    }
}
