import Kernels
import Tensors
import TestSupport
import Testing

@Suite struct ConvolutionTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let kernel: [Int]
        let strides: (time: Int, space: Int)
        let frame: [Int]
        var testDescription: String { "kernel \(kernel) strides \(strides) frame \(frame)" }
    }

    @Test(arguments: [
        Case(kernel: [3, 3, 3], strides: (1, 1), frame: [5, 7, 3]),
        Case(kernel: [3, 3, 3], strides: (1, 1), frame: [70, 20, 2]),
        Case(kernel: [1, 3, 3], strides: (1, 1), frame: [3, 3, 17]),
        Case(kernel: [1, 3, 3], strides: (1, 2), frame: [9, 13, 4]),
        Case(kernel: [3, 1, 1], strides: (1, 1), frame: [6, 5, 8]),
        Case(kernel: [3, 1, 1], strides: (2, 1), frame: [6, 5, 8]),
        Case(kernel: [1, 1, 1], strides: (1, 1), frame: [4, 500, 3]),
    ])
    func matchesReference(_ example: Case) {
        let frames = (0..<5).map { seeded(example.frame, seed: UInt64($0 + 1)) }
        let taps = example.kernel.reduce(1, *)
        let weight = seeded([taps, example.frame[2], 6], seed: 10)
        let bias = seeded([6], seed: 11)
        let window = ConvolutionWindow(
            example.kernel[0], example.kernel[1], example.kernel[2], timeStride: example.strides.time,
            spaceStride: example.strides.space)
        let expected = Reference.convolve(
            frames, weight: weight, bias: bias, kernel: example.kernel, timeStride: example.strides.time,
            spaceStride: example.strides.space)
        let one = convolve(frames, weight: weight, bias: bias, window: window, on: Workers(threads: 1))
        let two = convolve(frames, weight: weight, bias: bias, window: window, on: Workers(threads: 2))
        #expect(relativeError(one, expected) <= 1e-6)
        #expect(one.values == two.values)
    }

    /// Frames that are missing at the front count as zeros.
    @Test(arguments: [1, 2, 3])
    func framesBeforeTheFirstAreZeros(_ count: Int) {
        let shape = [6, 9, 5]
        let frames = (0..<count).map { seeded(shape, seed: UInt64($0 + 1)) }
        let (weight, bias) = (seeded([27, 5, 4], seed: 10), seeded([4], seed: 11))
        let zeros = Array(repeating: Tensor(shape: shape), count: 3 - count)
        let window = ConvolutionWindow(3, 3, 3)
        let workers = Workers(threads: 2)
        let short = convolve(frames, weight: weight, bias: bias, window: window, on: workers)
        let long = convolve(zeros + frames, weight: weight, bias: bias, window: window, on: workers)
        #expect(short.shape == [1, 4, 7, 4])
        #expect(short.values == long.values)
    }
}
