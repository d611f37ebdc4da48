import Tensors
import Testing

/// Tensors of a megabyte and more get their memory in another way than small ones.
@Suite struct LargeTensorTests {
    private static let large = 1 << 18  // values: 1 MiB

    @Test(arguments: [large - 1, large, large + 1, 3 * large])
    func memoryThatComesBackIsUsedAnew(_ count: Int) {
        for round in 0..<4 {
            let zeros = Tensor(shape: [count])
            #expect(zeros.values.allSatisfy { $0 == 0 })
            let filled = Tensor(repeating: Float(round + 1), shape: [count])
            #expect(filled.values.allSatisfy { $0 == Float(round + 1) })
        }
    }

    @Test func tensorsThatLiveAtTheSameTimeShareNothing() {
        let tensors = (0..<40).map { Tensor(repeating: Float($0), shape: [Self.large + $0 % 3]) }
        for (index, tensor) in tensors.enumerated() {
            #expect(tensor.values.allSatisfy { $0 == Float(index) })
        }
    }

    @Test func aCopyThatIsWrittenToLeavesTheOriginal() {
        let original = Tensor(repeating: 1, shape: [Self.large])
        var copy = original
        copy.withMutableValues { $0[0] = 2 }
        #expect(original.values[0] == 1 && copy.values[0] == 2)
    }
}
