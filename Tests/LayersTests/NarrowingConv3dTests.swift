import Checkpoints
import Kernels
import Layers
import Tensors
import TestSupport
import Testing

@Suite struct NarrowingConv3dTests {
    private let directory = TemporaryDirectory()
    private let workers = Workers(threads: 2)

    private func weights(from: Int, to: Int, window: ConvolutionWindow) throws -> WeightScope {
        let file = directory["weights.safetensors"]
        let shape = [to, from, window.time, window.height, window.width]
        let tensors = [("conv.weight", seeded(shape, seed: 8)), ("conv.bias", seeded([to], seed: 9))]
        try SafetensorsWriter.write(tensors, metadata: [:], to: file)
        return WeightScope(try Checkpoint(files: [file]))
    }

    /// Sums in another order, so not the same bytes.
    @Test(arguments: [
        (7, 3, ConvolutionWindow(3, 3, 3)), (40, 6, ConvolutionWindow(2, 3, 3)),
        (5, 17, ConvolutionWindow(4, 3, 1)), (9, 2, ConvolutionWindow(3, 1, 1)),
    ])
    func givesWhatRememberedFramesGive(_ from: Int, _ to: Int, _ window: ConvolutionWindow) throws {
        let weights = try weights(from: from, to: to, window: window)
        let narrowing = try NarrowingConv3d(weights["conv"], from: from, to: to, window: window, on: workers)
        let twin = try CausalConv3d(weights["conv"], from: from, to: to, window: window, on: workers)
        var (carried, remembered) = (FrameHistory(), FrameHistory())
        for index in 0..<6 {
            let frame = seeded([5, 6, from], seed: UInt64(index + 1))
            let found = try narrowing(frame, after: &carried)
            #expect(relativeError(found, try twin(frame, after: &remembered)) < 1e-5)
        }
    }

    @Test func aStreamKeepsSumsOfTheFewChannels() throws {
        let window = ConvolutionWindow(3, 3, 3)
        let weights = try weights(from: 7, to: 2, window: window)
        let layer = try NarrowingConv3d(weights["conv"], from: 7, to: 2, window: window, on: workers)
        var history = FrameHistory()
        for _ in 0..<4 {
            _ = try layer(seeded([5, 6, 7]), after: &history)
            #expect(history.valueCount == 5 * 6 * 2 * 2)
        }
    }
}
