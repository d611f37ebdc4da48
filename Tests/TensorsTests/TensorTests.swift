import Tensors
import TestSupport
import Testing

@Suite struct TensorTests {
    @Test func copiesDoNotSeeLaterWrites() {
        let original = Tensor([1, 2, 3, 4], shape: [2, 2])
        var copy = original.reshaped(to: [4])
        copy.withMutableValues { $0[0] = 9 }
        #expect(original.values == [1, 2, 3, 4])
        #expect(copy.values == [9, 2, 3, 4])
        #expect(copy.shape == [4])
    }

    @Test func rowsAreCopied() {
        let tensor = Tensor([1, 2, 3, 4, 5, 6], shape: [3, 2])
        #expect(tensor.rows(1..<3).values == [3, 4, 5, 6])
        #expect(tensor.rows(1..<1).shape == [0, 2])
    }

    @Test func comparisonsFailOnNotANumber() {
        let good = Tensor([1, 2], shape: [2])
        let bad = Tensor([1, .nan], shape: [2])
        #expect(largestDifference(bad, good) == .infinity)
        #expect(relativeError(bad, good) == .infinity)
        #expect(relativeError(good, bad) == .infinity)
        #expect(relativeError(good, good.reshaped(to: [1, 2])) == .infinity)
        #expect(relativeError(good, good) == 0)
    }
}
