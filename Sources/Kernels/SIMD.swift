internal import CKernels
import Foundation

/// The SIMD kernels that are computed with: the fastest that this CPU runs, unless others were chosen before the first use.
/// Function pointers that are written once and only read: safe to share between threads.
nonisolated(unsafe) let simd: ckernels_table = ckernels_chosen().pointee

/// What the machine offers and what was chosen; part of reports.
package enum Machine {
    /// Level of our own kernels, such as `avx512vnni` or `portable`.
    package static var kernelSet: String { String(cString: simd.name) }

    /// Whether products of 8-bit integers are faster than those of floats.
    package static var multipliesInt8: Bool { simd.multiplies_int8 != 0 }

    /// Whether halves are multiplied without being widened, which is faster than products of floats.
    package static var multipliesHalf: Bool { simd.multiplies_half != 0 }

    /// Whether products of any number of rows take weights as they lie in their file, with no widened copy for OpenBLAS.
    package static var multipliesStored: Bool { simd.most_stored_rows == .max }

    /// The levels that this CPU runs, the fastest last.
    package static var kernelSets: [String] {
        var levels = [UnsafePointer<ckernels_table>?](repeating: nil, count: Int(CKERNELS_MOST_LEVELS))
        let count = ckernels_levels(&levels)
        return levels.prefix(count).compactMap { $0.map { String(cString: $0.pointee.name) } }
    }

    /// Computes with another level than the fastest. To be called before anything is computed.
    ///
    /// - Returns: false, and nothing changes, where this CPU does not run that level
    package static func choose(kernelSet name: String) -> Bool { ckernels_choose(name) != 0 }

    /// Name of the OpenBLAS kernels in use, as the library gives it.
    package static var blasCore: String { BLAS.core }

    /// As the maker calls the CPU.
    ///
    /// - Source: Linux `proc(5)`, `/proc/cpuinfo`
    package static var processorName: String {
        let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
        return line?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) }
            ?? "unknown CPU"
    }

    /// Version of OpenBLAS, such as `0.3.21`.
    package static var blasVersion: String { BLAS.version }

    /// What to tell the user where OpenBLAS computes with slower kernels than this CPU has; else nil.
    package static var blasWarning: String? {
        guard BLAS.isSlowerThanNeeded else { return nil }
        return
            "OpenBLAS \(BLAS.version) computes with its kernels for \(BLAS.core), which are slower than this CPU. "
            + "Install a newer OpenBLAS, or one that chooses at run time (DYNAMIC_ARCH)."
    }
}
