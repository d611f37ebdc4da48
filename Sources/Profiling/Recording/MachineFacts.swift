import Foundation
internal import Kernels

/// What a run computed on.
package struct MachineFacts: Codable, Equatable, Sendable {
    package var processor: String
    package var cores: Int
    package var threads: Int
    /// Instruction set of Zoetrope's kernels, and kernels of OpenBLAS.
    package var kernels: String
    package var blasCore: String
    package var blasVersion: String
    /// Operations a second of each kind of kernel that the machine was measured to reach; empty where it was not.
    package var ceiling: [String: Double]

    package init(threads: Int?, ceiling: [String: Double]) {
        processor = Self.processorName()
        cores = ProcessInfo.processInfo.activeProcessorCount
        self.threads = threads ?? cores
        kernels = Machine.kernelSet
        blasCore = Machine.blasCore
        blasVersion = Machine.blasVersion
        self.ceiling = ceiling
    }

    /// - Source: Linux `proc(5)`, `/proc/cpuinfo`
    private static func processorName() -> String {
        let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
        return line?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) }
            ?? "unknown CPU"
    }
}
