public import Foundation
internal import Kernels
internal import Tensors

/// What a machine computes of each kind of work in a second, measured once and kept in a file.
public struct MachineRates: Codable, Equatable, Sendable {
    /// What the rates hold for: version of Zoetrope, CPU, kernels, OpenBLAS, threads.
    public var machine: String
    /// Operations a second by kind of work: product, productFloat16, productInt8, fewRows, attention,
    /// attentionFloat16, attentionInt8, convolution, rows, loading.
    public var operationsPerSecond: [String: Double]
    /// Whether they were measured just now, beside other work, and so are lower than they might be; they are not kept then.
    public private(set) var areOfBusyMachine = false

    private enum CodingKeys: CodingKey {
        case machine, operationsPerSecond
    }

    /// Rates from a file, or, where it has none for this machine, measured now (about a second) and kept there. A file that
    /// cannot be read or written only costs the measurement.
    ///
    /// - Parameters:
    ///   - file: JSON; nil measures each time
    ///   - anew: whether it is measured even if the file has the rates
    ///   - threads: nil takes one per core
    ///   - others: threads of other programs that compute at present, asked only where it is measured; the machine is busy
    ///     where they leave fewer cores than this takes
    public init(keptIn file: URL?, anew: Bool = false, threads: Int? = nil, others: () -> Int = { 0 }) {
        let workers = VideoGenerator.workers(RunOptions(threads: threads))
        let machine = Self.name(threads: workers.threads)
        if !anew, let kept = Self.all(in: file).first(where: { $0.machine == machine && $0.isComplete }) {
            self = kept
            return
        }
        self.machine = machine
        let others = others()
        operationsPerSecond = Dictionary(
            uniqueKeysWithValues: Machine.rates(on: workers).map { ($0.key.rawValue, $0.value) })
        areOfBusyMachine = others + workers.threads > ProcessInfo.processInfo.activeProcessorCount
        if !areOfBusyMachine { keep(in: file) }
    }

    /// Whether there is a rate for every kind of work; a file of an earlier version may know fewer.
    private var isComplete: Bool { WorkKind.allCases.allSatisfy { operationsPerSecond[$0.rawValue] != nil } }

    /// Seconds that work takes at these rates; work of a kind that has no rate counts nothing.
    func seconds(_ work: [String: Int]) -> Double {
        work.reduce(0) { sum, part in
            guard let rate = operationsPerSecond[part.key], rate > 0 else { return sum }
            return sum + Double(part.value) / rate
        }
    }

    /// Those of several machines, or numbers of threads, that a file keeps.
    private static func all(in file: URL?) -> [MachineRates] {
        guard let file, let data = try? Data(contentsOf: file) else { return [] }
        return (try? JSONDecoder().decode([MachineRates].self, from: data)) ?? []
    }

    private func keep(in file: URL?) {
        let others = Self.all(in: file).filter { $0.machine != machine }
        guard let file, let data = try? JSONEncoder().encode(others + [self]) else { return }
        let folder = file.deletingLastPathComponent()
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try? data.write(to: file, options: .atomic)
    }

    private static func name(threads: Int) -> String {
        [
            zoetropeVersion, Machine.processorName, Machine.kernelSet,
            "OpenBLAS \(Machine.blasVersion) \(Machine.blasCore)",
            "\(threads) threads",
        ].joined(separator: ", ")
    }
}
