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
    /// Around the edges of Winograd's tiles of 4x4 and of its panels of 16 channels.
    @Test(arguments: [3, 5, 6, 7, 10, 11], [(1, 1), (3, 16), (16, 17), (17, 33), (40, 49)])
    func squaresOfThreeMatchReference(rows: Int, channels: (from: Int, to: Int)) {
        for columns in [3, 6, 9] {
            let frames = (0..<3).map { seeded([rows, columns, channels.from], seed: UInt64($0 + 1)) }
            let weight = seeded([27, channels.from, channels.to], seed: 10)
            let bias = seeded([channels.to], seed: 11)
            let found = convolve(
                frames, weight: weight, bias: bias, window: ConvolutionWindow(3, 3, 3),
                on: Workers(threads: 2))
            let expected = Reference.convolve(
                frames, weight: weight, bias: bias, kernel: [3, 3, 3], timeStride: 1, spaceStride: 1)
            #expect(relativeError(found, expected) <= 2e-6, "\(columns) columns")
        }
    }

    /// What a window sees need not lie in memory so; on every edge of a tile the bytes are the same as if it did.
    @Test(arguments: [1, 2, 3, 4, 5, 8, 9], [1, 2, 3])
    func whatIsSeenEqualsWhatLiesInMemory(rows: Int, magnification: Int) {
        let workers = Workers(threads: 2)
        let borders = [(1, 1, 1, 1), (0, 2, 0, 2), (3, 0, 2, 0), (2, 5, 0, 7)].map {
            FrameBorder(top: $0.0, bottom: $0.1, left: $0.2, right: $0.3)
        }
        for (border, stride) in borders.flatMap({ [($0, 1), ($0, 2)] }) {
            let view = FrameView(border: border, magnification: magnification)
            let window = ConvolutionWindow(2, 3, 3, spaceStride: stride)
            let frames = (0..<2).map { seeded([rows, 4, 17], seed: UInt64($0 + 1)) }
            let (weight, bias) = (seeded([18, 17, 5], seed: 10), seeded([5], seed: 11))
            let found = convolve(
                frames, weight: weight, bias: bias, window: window, seen: view, on: workers)
            let expected = convolve(
                frames.map { seen($0, as: view, on: workers) }, weight: weight, bias: bias, window: window,
                on: workers)
            #expect(found.shape == expected.shape && found.values == expected.values, "\(border) \(stride)")
        }
    }

    @Test func notANumberReachesTheWindowsThatSeeIt() {
        var frame = seeded([12, 12, 5])
        frame.withMutableValues { $0[(7 * 12 + 7) * 5 + 2] = .nan }
        let (weight, bias) = (seeded([9, 5, 4], seed: 10), seeded([4], seed: 11))
        let found = convolve(
            [frame], weight: weight, bias: bias, window: ConvolutionWindow(1, 3, 3), on: Workers(threads: 2)
        ).values
        for (row, column) in [(5, 5), (6, 6), (7, 7)] {
            #expect((0..<4).allSatisfy { found[(row * 10 + column) * 4 + $0].isNaN })
        }
        #expect(found[0].isFinite)
    }

    @Test func anyNumberOfThreadsGivesTheSameBytes() {
        let frames = (0..<3).map { seeded([35, 50, 20], seed: UInt64($0 + 1)) }
        let (weight, bias) = (seeded([27, 20, 40], seed: 10), seeded([40], seed: 11))
        let one = [1, 2, 5].map { threads in
            convolve(
                frames, weight: weight, bias: bias, window: ConvolutionWindow(3, 3, 3),
                on: Workers(threads: threads)
            ).values
        }
        #expect(one[0] == one[1] && one[0] == one[2])
    }

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
