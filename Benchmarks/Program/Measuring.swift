import Checkpoints
import Foundation
import Kernels
import Tensors

/// What one measurement of a process found.
struct Measurement: Encodable {
    /// Of each repeat, in order, wall clock.
    let seconds: [Double]
    /// Largest resident set of the process, loading included; nil where the system does not tell.
    var peakMiB = peakResidentMiB()
    /// Set-up before the first repeat: mapping, quantising, text.
    var loadSeconds = 0.0
    var kernels = Machine.kernelSet
    var blasCore = Machine.blasCore
}

/// Runs `body` once unmeasured, then `repeats` times.
func seconds(repeats: Int, warming: Bool = true, _ body: () throws -> Void) rethrows -> [Double] {
    if warming { try body() }
    return try (0..<repeats).map { _ in try elapsed(body) }
}

/// One component of a model directory, its configuration, and the seconds that loading took.
func load<Config: Decodable, Part>(
    _ component: String, of model: URL, _ build: (WeightScope, Config) throws -> Part
) throws -> (part: Part, config: Config, seconds: Double) {
    let folder = model.appendingPathComponent(component)
    let config = try readConfig(Config.self, at: folder.appendingPathComponent("config.json"))
    let start = ContinuousClock.now
    let part = try build(WeightScope(try Checkpoint(component: folder)), config)
    return (part, config, (ContinuousClock.now - start) / .seconds(1))
}

func elapsed(_ body: () throws -> Void) rethrows -> Double {
    let duration = try ContinuousClock().measure(body)
    return Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
}

/// - Source: Linux `proc(5)`, `VmHWM` in kB
func peakResidentMiB() -> Double? {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return nil }
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Double($0) }.map {
        $0 / 1024
    }
}

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

/// Normal numbers, the same for the same shape and seed.
func noise(_ shape: [Int], seed: UInt64 = 7) -> Tensor {
    var generator = SeededNoise(seed: seed)
    return generator.normal(shape: shape)
}

func printJSON(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    print(String(decoding: try encoder.encode(value), as: UTF8.self))
}
