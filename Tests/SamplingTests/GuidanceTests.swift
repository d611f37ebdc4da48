import Sampling
import Tensors
import TestSupport
import Testing

@Suite struct GuidanceTests {
    @Test func cfgZeroIsThatOfDiffusers() throws {
        let file = "sampling/guidance-cfg-zero/expected.safetensors"
        let conditional = try Goldens.tensor(file, "conditional")
        let unconditional = try Goldens.tensor(file, "unconditional")
        let guided = try Goldens.tensor(file, "guided")
        let away = fitted(unconditional, to: conditional)
        #expect(relativeError(guide(conditional, awayFrom: away, scale: 3), guided) <= 1e-6)
        #expect(relativeError(guide(conditional, awayFrom: unconditional, scale: 3), guided) > 0.05)
    }

    @Test func nothingIsLeftOfAVelocityThatDiffersInLengthOnly() {
        let conditional = seeded([3, 4])
        let away = fitted(Tensor.sum([(0.25, conditional)]), to: conditional)
        #expect(relativeError(away, conditional) <= 1e-6)
    }

    @Test func zerosStayZerosAndWhatIsNotANumberIsSeen() {
        let zeros = Tensor(shape: [3, 4])
        #expect(fitted(zeros, to: seeded([3, 4])).values == zeros.values)
        let broken = Tensor([.nan, 1], shape: [2])
        #expect(fitted(Tensor([1, 1], shape: [2]), to: broken).values.allSatisfy { $0.isNaN })
    }
}
