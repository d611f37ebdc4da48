internal import CKernels
internal import COpenBLAS
import Foundation

/// Matrix products through OpenBLAS, each on the calling thread.
enum BLAS {
    /// The kernels that OpenBLAS computes with. Taking this value sets the library up, once per process.
    static let core: String = {
        selectCore()
        openblas_set_num_threads(1)
        return openblas_get_corename().map { String(cString: $0) } ?? "unknown"
    }()

    /// Such as `0.3.21`.
    static let version: String = {
        let words = openblas_get_config().map { String(cString: $0) }?.split(separator: " ") ?? []
        return words.count > 1 && words[0] == "OpenBLAS" ? String(words[1]) : "of unknown version"
    }()

    /// Whether the kernels in use leave vectors of this CPU unused that our own kernels have.
    static var isSlowerThanNeeded: Bool {
        guard let fitting = simd.blas_core.map({ String(cString: $0) }) else { return false }
        return !(fitting == "SkylakeX" ? avx512Cores : avx2Cores.union(avx512Cores)).contains(core)
    }

    private static let avx512Cores: Set<String> = ["SkylakeX", "Cooperlake", "SapphireRapids"]
    private static let avx2Cores: Set<String> = ["Haswell", "Zen"]

    /// OpenBLAS takes CPUs that are younger than itself for old ones and then loses a factor of two to five.
    /// The library reads its variable when it is loaded, so we set it and let the library choose once more. A
    /// value that stood there is put back, but does not count: set for other programs, it would halve our
    /// speed unseen.
    ///
    /// - Source: OpenBLAS issue 4267; `driver/others/dynamic.c` of 0.3.21 exports both functions
    private static func selectCore() {
        guard let wanted = coreForThisCPU() else { return }
        let quit = dlsym(nil, "gotoblas_dynamic_quit")
        let start = dlsym(nil, "gotoblas_dynamic_init")
        guard let quit, let start else { return }
        typealias Function = @convention(c) () -> Void
        let former = getenv("OPENBLAS_CORETYPE").map { String(cString: $0) }
        setenv("OPENBLAS_CORETYPE", wanted, 1)
        unsafeBitCast(quit, to: Function.self)()
        unsafeBitCast(start, to: Function.self)()
        if let former { setenv("OPENBLAS_CORETYPE", former, 1) } else { unsetenv("OPENBLAS_CORETYPE") }
    }

    /// The core to ask for, or nil when the library's own choice uses the vectors of our own kernels.
    private static func coreForThisCPU() -> String? {
        guard let name = openblas_get_corename() else { return nil }
        let chosen = String(cString: name)
        guard let fitting = simd.blas_core.map({ String(cString: $0) }) else { return nil }
        let equals = fitting == "SkylakeX" ? avx512Cores : avx2Cores
        return equals.contains(chosen) ? nil : fitting
    }

    /// A row-major matrix: its first value and the distance between rows, in values.
    struct Matrix {
        let base: UnsafePointer<Float>
        let stride: Int
    }

    /// `target[rows, columns] = alpha * a[rows, depth] · b + beta * target`, with `b` either `[depth,
    /// columns]` or, transposed, `[columns, depth]`.
    static func multiply(
        _ size: (rows: Int, columns: Int, depth: Int), _ a: Matrix, _ b: Matrix, transposed: Bool,
        beta: Float,
        into target: UnsafeMutablePointer<Float>, stride: Int
    ) {
        cblas_sgemm(
            CblasRowMajor, CblasNoTrans, transposed ? CblasTrans : CblasNoTrans, blasint(size.rows),
            blasint(size.columns), blasint(size.depth), 1, a.base, blasint(a.stride), b.base,
            blasint(b.stride), beta,
            target, blasint(stride))
    }
}
