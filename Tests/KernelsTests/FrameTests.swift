import Kernels
import Tensors
import TestSupport
import Testing

@Suite struct FrameTests {
    private let workers = Workers(threads: 2)

    @Test func aBorderIsZerosAroundTheFrame() {
        let view = FrameView(border: FrameBorder(top: 1, bottom: 0, left: 0, right: 2))
        let frame = seen(Tensor([1, 2, 3, 4], shape: [2, 2, 1]), as: view, on: workers)
        #expect(frame.shape == [3, 4, 1])
        #expect(frame.values == [0, 0, 0, 0, 1, 2, 0, 0, 3, 4, 0, 0])
    }

    @Test func magnifyingRepeatsEachPixel() {
        let view = FrameView(border: FrameBorder(top: 0, bottom: 1, left: 1, right: 0), magnification: 2)
        let frame = seen(Tensor([1, 2, 3, 4], shape: [1, 2, 2]), as: view, on: workers)
        #expect(frame.shape == [3, 5, 2])
        let row: [Float] = [0, 0, 1, 2, 1, 2, 3, 4, 3, 4]
        #expect(frame.values == row + row + Array(repeating: 0, count: 10))
    }

    @Test(arguments: [[1, 1, 1], [3, 5, 17], [70, 40, 6]])
    func activationIsNormThenSilu(_ shape: [Int]) {
        let (x, gain) = (seeded(shape), seeded([shape[2]], seed: 2))
        var expected = l2Norm(x, gain: gain, on: workers)
        silu(&expected, on: workers)
        #expect(largestDifference(activated(x, gain: gain, on: workers), expected) <= 1e-6)
    }

    @Test func blocksAreGatheredAndAveraged() {
        let first = Tensor([1, 2, 3, 4], shape: [2, 2, 1])
        let second = Tensor([5, 6, 7, 8], shape: [2, 2, 1])
        let sources = [(0, 0, 1), (1, 1, 0), (1, 0, 0), (1, 1, 1)].map {
            BlockValue(frame: $0, row: $1, column: $2, channel: 0)
        }
        let each = gatherBlocks([first, second], block: 2, sources: sources, averaged: 1, on: workers)
        #expect(each.shape == [1, 1, 4])
        #expect(each.values == [2, 7, 5, 8])
        let means = gatherBlocks([first, second], block: 2, sources: sources, averaged: 2, on: workers)
        #expect(means.values == [4.5, 6.5])
        let early = gatherBlocks([nil, second], block: 2, sources: sources, averaged: 2, on: workers)
        #expect(early.values == [3.5, 6.5])
    }

    /// Each pixel's position in the wide frame comes back from the narrow one.
    @Test(arguments: [1, 2, 3])
    func spreadingUndoesGathering(_ block: Int) {
        let frame = seeded([4 * block, 3 * block, 2])
        let gathered = gatherBlocks(
            [frame], block: block,
            sources: (0..<2 * block * block).map {
                BlockValue(row: $0 / 2 / block, column: $0 / 2 % block, channel: $0 % 2)
            }, averaged: 1, on: workers)
        let spread = spreadBlocks(
            gathered, block: block, sources: Array(0..<2 * block * block), on: workers)
        #expect(gathered.shape == [4, 3, 2 * block * block])
        #expect(spread.shape == frame.shape && spread.values == frame.values)
    }

    @Test func channelsAreCutIntoEqualParts() {
        let parts = Tensor([1, 2, 3, 4, 5, 6, 7, 8], shape: [1, 2, 4]).splitChannels(into: 2, on: workers)
        #expect(parts.map(\.shape) == [[1, 2, 2], [1, 2, 2]])
        #expect(parts.map(\.values) == [[1, 2, 5, 6], [3, 4, 7, 8]])
    }

    @Test(arguments: [ElementType.float32, .bfloat16, .float16])
    func aWeightIsLaidOutWithTapsFirst(_ type: ElementType) {
        let (outputs, channels, taps) = (5, 19, 27)
        let values = (0..<outputs * channels * taps).map { Float($0 % 251) }
        let weight = stored(Tensor(values, shape: [outputs, channels, 3, 3, 3]), as: type)
        let found = tapsFirst(weight, on: workers)
        #expect(found.shape == [taps, channels, outputs])
        let expected = (0..<values.count).map { index in
            let (tap, channel, output) = (
                index / (channels * outputs), index / outputs % channels, index % outputs
            )
            return values[(output * channels + channel) * taps + tap]
        }
        #expect(found.values == expected)
    }
}
