import Kernels
import Tensors
import TestSupport
import Testing

@Suite struct FloatProductTests {
    @Test(arguments: [1, 7, 255, 257, 385, 769], [1, 16, 256, 300, 513])
    func linearMatchesReference(rows: Int, columns: Int) {
        let x = seeded([rows, 33], seed: 2)
        let weight = seeded([columns, 33], seed: 3)
        let bias = seeded([columns], seed: 4)
        let expected = Reference.linear(x, weight, bias: bias)
        for type in [ElementType.float32, .bfloat16, .float16] {
            let inFile = stored(weight, as: type)
            let found = product(x, inFile, bias: bias)
            let exact = type == .float32 ? expected : Reference.linear(x, inFile.widened(), bias: bias)
            #expect(relativeError(found, exact) <= 1e-6)
        }
    }

    /// Tiles have 1,024 rows there; the last one may have few.
    @Test(arguments: [1, 300, 1024, 1030, 1300], [ElementType.float32, .bfloat16])
    func openBLASMatchesReference(rows: Int, type: ElementType) {
        let (x, weight) = (seeded([rows, 35], seed: 2), stored(seeded([300, 35], seed: 3), as: type))
        var found = Tensor(uninitialized: [rows, 300])
        found.withMutableValues { found in
            guard let target = found.baseAddress else { return }
            let plain = ProductEnding(finish: .store, bias: nil, gate: nil)
            multiplyFloats(x, weight, plain, into: target, byOpenBLAS: true, on: Workers(threads: 2))
        }
        let expected = Reference.linear(x, weight.widened(), bias: Tensor(shape: [300]))
        #expect(relativeError(found, expected) <= 1e-6)
    }

    @Test func narrowWeightsOfManyOutputsAreWidenedTileByTile() {
        let x = seeded([260, 8], seed: 2)
        let weight = stored(seeded([2100, 8], seed: 3), as: .bfloat16)
        let bias = seeded([2100], seed: 4)
        let expected = Reference.linear(x, weight.widened(), bias: bias)
        #expect(relativeError(product(x, weight, bias: bias), expected) <= 1e-6)
    }

    @Test func anyNumberOfThreadsGivesTheSameBytes() {
        let x = seeded([700, 64], seed: 2)
        let weight = stored(seeded([600, 64], seed: 3), as: .float32)
        let one = product(x, weight, bias: nil, threads: 1)
        #expect(one.values == product(x, weight, bias: nil, threads: 2).values)
        #expect(one.values == product(x, weight, bias: nil, threads: 5).values)
    }

    @Test(arguments: [1, 256, 300], [ElementType.float32, .bfloat16])
    func endingsAreAppliedToTheProduct(rows: Int, type: ElementType) {
        let x = seeded([rows, 40], seed: 2)
        let weight = stored(seeded([1100, 40], seed: 3), as: type)
        let (bias, gate) = (seeded([1100], seed: 4), seeded([1100], seed: 5))
        let plain = Reference.linear(x, weight.widened(), bias: bias)
        let found = product(x, weight, bias: bias, activation: .gelu)
        #expect(relativeError(found, Reference.gelu(plain)) <= 1e-6)
        let base = seeded([rows + 2, 1100], seed: 6)
        var sum = base
        sum.addProduct(
            of: .float32(x), .stored(weight), bias: bias, gate: gate, fromRow: 2, on: Workers(threads: 2))
        #expect(relativeError(sum, Reference.sum(base, plain, gate: gate, fromRow: 2)) <= 1e-6)
    }

    private func product(
        _ x: Tensor, _ weight: StoredTensor, bias: Tensor?, activation: Activation = .none, threads: Int = 2
    ) -> Tensor {
        linear(
            .float32(x), .stored(weight), bias: bias, activation: activation, on: Workers(threads: threads))
    }

    @Test func narrowTypesWidenExactly() {
        let halves: [(UInt16, Float)] = [
            (0x0000, 0), (0x3C00, 1), (0xC000, -2), (0x7BFF, 65504), (0x0001, 0x1p-24), (0x03FF, 0x1.ff8p-15),
            (0x7C00, .infinity), (0xFC00, -.infinity),
        ]
        for count in [1, 8, 16, 24] {
            let bits = (0..<count).map { halves[$0 % halves.count] }
            let found = wordsInFile(bits.map(\.0), as: .float16).widenedRow(0)
            #expect(found.values == bits.map(\.1))
        }
        #expect(
            wordsInFile([0x3F80, 0xC000, 0x7F80], as: .bfloat16).widenedRow(0).values == [1, -2, .infinity])
        #expect(wordsInFile([0x7E00], as: .float16).widenedRow(0).values[0].isNaN)
    }

    private func wordsInFile(_ words: [UInt16], as type: ElementType) -> StoredTensor {
        let owner = Words(words)
        return StoredTensor(
            shape: [1, words.count], type: type, bytes: UnsafeRawBufferPointer(owner.memory), owner: owner)
    }
}

private final class Words {
    let memory: UnsafeMutableBufferPointer<UInt16>

    init(_ words: [UInt16]) {
        memory = .allocate(capacity: words.count)
        _ = memory.initialize(from: words)
    }

    deinit { memory.deallocate() }
}
