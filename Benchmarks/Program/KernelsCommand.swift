import ArgumentParser
import Ceiling
import Kernels
import Tensors

/// Each kernel as a share of what the machine can do, which is measured in the same run.
struct KernelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "kernels")
    @OptionGroup var measuring: MeasuringOptions

    struct Report: Encodable {
        /// Multiply-adds count twice; all threads; 0 where there is no loop for this CPU.
        let ceilingFP32: Double
        /// Of native multiplications of halves; where there are none, kernels widen them and have fp32's.
        let ceilingFP16: Double
        let ceilingInt8: Double
        /// By AMX, and of fp32 as the sum of three bfloat16: a sixth of what it multiplies of these. 0 where kernels use none.
        let ceilingInt8Tiles: Double
        let ceilingFP32Tiles: Double
        let kernels = Machine.kernelSet
        let blasCore = Machine.blasCore
        var rows: [KernelRow]
    }

    func run() throws {
        let workers = Workers(threads: measuring.threads)
        let fp32 = ceiling(ceiling_fp32, on: workers), fp16 = ceiling(ceiling_fp16, on: workers)
        let int8 = ceiling(ceiling_int8, on: workers)
        let hasTiles = Machine.kernelSet == "amx"
        let int8Tiles = hasTiles ? ceiling(ceiling_int8_tiles, on: workers) : 0
        let fp32Tiles = hasTiles ? ceiling(ceiling_bfloat16_tiles, on: workers) / 6 : 0
        let bench = KernelBench(
            repeats: measuring.repeats, workers: workers,
            ceilings: [
                .float32: max(fp32, fp32Tiles), .float16: Machine.multipliesHalf ? fp16 : fp32,
                .int8: max(int8, int8Tiles),
            ], vectorCeiling: fp32)
        let rows = bench.products() + bench.attentions() + bench.convolutions() + bench.rowWork()
        try printJSON(
            Report(
                ceilingFP32: fp32, ceilingFP16: fp16, ceilingInt8: int8, ceilingInt8Tiles: int8Tiles,
                ceilingFP32Tiles: fp32Tiles, rows: rows))
    }

    /// Billions of operations a second on all threads, the best of several tries.
    private func ceiling(
        _ loop: @escaping @convention(c) (Int) -> Double, on workers: Workers
    ) -> Double {
        let rounds = 8_000_000
        let one = loop(rounds)
        let times = seconds(repeats: 5) { workers.run(tasks: workers.threads) { _ in _ = loop(rounds) } }
        return one * Double(workers.threads) / (times.min() ?? 1) / 1e9
    }
}

struct KernelRow: Encodable {
    let name: String
    let milliseconds: [Double]
    /// Billions of operations a second at the median; of bytes for work on rows.
    let rate: Double
    /// Of the ceiling of its number format; nil for work on rows, which memory bounds.
    let share: Double?
}
