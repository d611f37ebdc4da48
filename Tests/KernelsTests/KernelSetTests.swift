import CKernels
import Tensors
import TestSupport
import Testing

/// Every level that this CPU runs and the one for any CPU compute the same, but for rounding.
@Suite struct KernelSetTests {
    private let portable = ckernels_portable().pointee

    @Test(arguments: [1, 15, 16, 17, 100])
    func rowsAgree(width: Int) {
        let (x, scale, shift) = (
            seeded([width]).values, seeded([width], seed: 2).values, seeded([width], seed: 3).values
        )
        let expected = rows(of: portable, x, scale, shift)
        for level in kernelLevels() {
            let found = rows(of: level, x, scale, shift)
            #expect(found.count == expected.count)
            #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-5 * max(1, abs($1)) })
        }
    }

    /// A level that leaves them to OpenBLAS needs widened weights, and nothing but memory and time would tell.
    @Test func allLevelsOfVectorsTakeProductsOfAnyNumberOfRows() {
        for level in kernelLevels() where level.blas_core != nil {
            #expect(level.most_stored_rows == .max, "\(String(cString: level.name))")
        }
        #expect(portable.most_stored_rows == 256)
    }

    /// Every kernel on one row, results one after another.
    private func rows(of set: ckernels_table, _ x: [Float], _ scale: [Float], _ shift: [Float]) -> [Float] {
        let width = x.count
        var (result, y) = ([Float](), x)
        set.layer_norm(x, &y, width, 1e-6, scale, shift)
        result += y
        set.rms_norm(x, &y, width, 1e-6, scale)
        result += y
        set.l2_norm(x, &y, width, scale)
        result += y
        set.add_gated(&y, x, scale, width)
        result += y
        set.gelu_tanh(&y, width)
        result += y
        set.silu(&y, width)
        result += y
        let halves = x.map { UInt16(truncatingIfNeeded: $0.bitPattern >> 16) }
        set.widen_bfloat16(halves, &y, width)
        result += y
        set.widen_float16(halves.map { $0 & 0xBBFF }, &y, width)  // finite and below 2
        result += y
        y = x
        var (maximum, sum) = (-Float.infinity, Float(0))
        _ = set.softmax_step(&y, shift, width, 3, &maximum, &sum)
        return result + y + [maximum, sum]
    }
}

/// The levels that this CPU runs, the fastest last.
func kernelLevels() -> [ckernels_table] {
    var levels = [UnsafePointer<ckernels_table>?](repeating: nil, count: Int(CKERNELS_MOST_LEVELS))
    let count = ckernels_levels(&levels)
    return levels.prefix(count).compactMap { $0?.pointee }
}
