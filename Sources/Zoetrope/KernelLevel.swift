import Foundation
internal import Kernels

/// What the kernels of this process are compiled for: groups of instruction sets such as `avx512vnni`.
public enum KernelLevel {
    /// The levels that this CPU runs, the fastest last.
    public static var available: [String] { Machine.kernelSets }

    /// Computes with another level than the fastest, for comparison. To be called before anything is computed.
    ///
    /// - Throws: ``SettingsError/unknownKernels(found:available:)``
    public static func choose(_ name: String) throws {
        guard Machine.choose(kernelSet: name) else {
            throw SettingsError.unknownKernels(found: name, available: available)
        }
    }
}
