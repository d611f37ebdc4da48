internal import CKernels

/// The SIMD kernels that were chosen for this CPU.
/// Function pointers that are written once and only read: safe to share between threads.
nonisolated(unsafe) let simd: ckernels_table = ckernels_best().pointee

/// What the machine offers and what was chosen; part of reports.
package enum Machine {
    /// Instruction set of our own kernels: `avx512`, `avx2` or `portable`.
    package static var kernelSet: String { String(cString: simd.name) }

    /// Name of the OpenBLAS kernels in use, as the library gives it.
    package static var blasCore: String { BLAS.core }
}
