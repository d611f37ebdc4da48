import CKernels
import Foundation
import Tensors
import TestSupport
import Testing

/// Products with stored weights at every level that this CPU runs, against plain loops, around the edges of their tiles.
@Suite struct StoredProductTests {
    private static let types = [ElementType.float32, .bfloat16, .float16]

    @Test(
        arguments: [
            1, 2, 3, 4, 6, 7, 8, 9, 12, 17, 31, 32, 33, 56, 57, 127, 128, 129, 191, 192, 193, 256, 331, 385,
        ],
        [1, 2, 3, 4, 15, 16, 17, 31, 33, 48, 49, 97])
    func rowsAndColumns(rows: Int, columns: Int) { check(rows: rows, depth: 35, columns: columns) }

    @Test(
        arguments: [1, 15, 16, 17, 31, 32, 33, 63, 64, 255, 256, 257, 288, 511, 513, 1024],
        [1, 8, 9, 20, 57, 115])
    func depths(depth: Int, rows: Int) { check(rows: rows, depth: depth, columns: 50) }

    @Test(arguments: [1023, 1024, 1025, 2081], [1, 7, 32, 33])
    func depthsOfMoreThanOneRead(depth: Int, rows: Int) { check(rows: rows, depth: depth, columns: 50) }

    /// A value that is not finite stays visible in all outputs of its row, or all rows of its output, and nowhere else.
    @Test(arguments: [Float.nan, .infinity, -.infinity], [40, 8])
    func whatIsNotFiniteStaysInItsPlace(bad: Float, rows: Int) {
        let (depth, columns) = (70, 45)
        for type in Self.types {
            // The helper makes halves of finite values alone.
            for spoilsWeight in type == .float16 ? [false] : [false, true] {
                var (x, weight) = (seeded([rows, depth], seed: 2), seeded([columns, depth], seed: 3))
                if spoilsWeight {
                    weight.withMutableValues { $0[33 * depth + 69] = bad }
                } else {
                    x.withMutableValues { $0[5 * depth + 69] = bad }
                }
                let stored = stored(weight, as: type)
                for level in kernelLevels() {
                    var scratch = [Float](
                        repeating: 0,
                        count: max(rows * Int(CKERNELS_DOT_DEPTH), 2 * columns * Int(level.stored_scratch)))
                    var result = [Float](repeating: 0, count: rows * columns)
                    kernel(type, of: level)(
                        x.values, rows, depth, stored.bytes.baseAddress, columns, &result, columns, &scratch)
                    let wrong = result.indices.filter { place in
                        let isBad = spoilsWeight ? place % columns == 33 : place / columns == 5
                        return result[place].isFinite == isBad
                    }
                    #expect(wrong.isEmpty, "\(String(cString: level.name)), \(type): \(wrong.prefix(3))")
                }
            }
        }
    }

    /// The weight ends where memory ends, at whatever alignment that gives; the result has neighbours.
    private func check(rows: Int, depth: Int, columns: Int) {
        let (x, weight) = (seeded([rows, depth], seed: 2), seeded([columns, depth], seed: 3))
        let (stride, neighbour) = (columns + 3, Float(7))
        let base = seeded([rows, stride], seed: 4)
        for type in Self.types {
            let stored = stored(weight, as: type)
            let product = Reference.linear(x, stored.widened(), bias: Tensor(shape: [columns]))
            let memory = GuardedBytes(stored.bytes)
            for level in kernelLevels() {
                let strip = Int(level.stored_columns)
                let scratchCount =
                    rows <= (type == .bfloat16 ? Int(level.dot_rows_bfloat16) : Int(CKERNELS_DOT_ROWS))
                    ? rows * Int(CKERNELS_DOT_DEPTH)
                    : (columns + strip - 1) / strip * strip * Int(level.stored_scratch)
                var scratch = [Float](repeating: .nan, count: scratchCount) + [neighbour]
                var result = (0..<rows * stride).map { $0 % stride < columns ? base.values[$0] : neighbour }
                kernel(type, of: level)(
                    x.values, rows, depth, memory.bytes.baseAddress, columns, &result, stride, &scratch)
                let expected = (0..<rows * stride).map { place -> Float in
                    let (row, column) = (place / stride, place % stride)
                    guard column < columns else { return neighbour }
                    return base.values[place] + product.values[row * columns + column]
                }
                let shape = [rows, stride]
                let error = relativeError(Tensor(result, shape: shape), Tensor(expected, shape: shape))
                #expect(error <= 5e-7, "\(String(cString: level.name)), \(type): \(error)")
                let beside = (0..<rows * stride).filter { $0 % stride >= columns }
                #expect(beside.allSatisfy { result[$0] == neighbour })
                #expect(scratch.last == neighbour)
            }
        }
    }

    private func kernel(_ type: ElementType, of level: ckernels_table) -> ckernels_stored_product {
        switch type {
        case .bfloat16: level.multiply_stored_bfloat16
        case .float16: level.multiply_stored_float16
        default: level.multiply_stored_float32
        }
    }
}

/// A copy of some bytes with memory behind it that nobody may read.
private final class GuardedBytes {
    let bytes: UnsafeRawBufferPointer
    private let pages: UnsafeMutableRawBufferPointer

    init(_ source: UnsafeRawBufferPointer) {
        let page = Int(getpagesize())
        let size = (source.count + page - 1) / page * page
        let start = mmap(nil, size + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        pages = UnsafeMutableRawBufferPointer(start: start, count: size + page)
        let place = UnsafeMutableRawBufferPointer(rebasing: pages[size - source.count..<size])
        place.copyMemory(from: source)
        bytes = UnsafeRawBufferPointer(place)
        mprotect(pages.baseAddress.map { $0 + size }, page, PROT_NONE)
    }

    deinit { munmap(pages.baseAddress, pages.count) }
}
