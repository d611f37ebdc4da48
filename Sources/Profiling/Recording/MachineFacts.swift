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
        processor = Machine.processorName
        cores = ProcessInfo.processInfo.activeProcessorCount
        self.threads = threads ?? cores
        kernels = Machine.kernelSet
        blasCore = Machine.blasCore
        blasVersion = Machine.blasVersion
        self.ceiling = ceiling
    }
}
