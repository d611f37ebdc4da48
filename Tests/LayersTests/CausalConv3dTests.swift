import Checkpoints
import Kernels
import Layers
import Tensors
import TestSupport
import Testing

@Suite struct CausalConv3dTests {
    private let directory = TemporaryDirectory()
    private let workers = Workers(threads: 2)
    private let window = ConvolutionWindow(3, 3, 3)

    private func layer() throws -> CausalConv3d {
        let file = directory["weights.safetensors"]
        let tensors = [
            ("conv.weight", seeded([4, 3, 3, 3, 3], seed: 8)), ("conv.bias", seeded([4], seed: 9)),
        ]
        try SafetensorsWriter.write(tensors, metadata: [:], to: file)
        let weights = WeightScope(try Checkpoint(files: [file]))
        let layer = try CausalConv3d(weights["conv"], from: 3, to: 4, window: window, on: workers)
        try weights.checkAllUsed()
        return layer
    }

    /// One frame at a time gives what the whole clip gives with two frames of zeros before it.
    @Test func streamingEqualsTheWholeClip() throws {
        let frames = (0..<6).map { seeded([5, 6, 3], seed: UInt64($0 + 1)) }
        let weight = tapsFirst(stored(seeded([4, 3, 3, 3, 3], seed: 8), as: .float32), on: workers)
        let zeros = Array(repeating: Tensor(shape: [7, 8, 3]), count: 2)
        let view = FrameView(border: .centring(window))
        let whole = convolve(
            zeros + frames.map { seen($0, as: view, on: workers) }, weight: weight,
            bias: seeded([4], seed: 9), window: window, on: workers)
        let layer = try layer()
        var history = FrameHistory()
        let streamed = try frames.flatMap { try layer($0, after: &history).values }
        #expect(streamed == whole.values)
    }

    @Test func aStreamKeepsTwoFramesHoweverLongItIs() throws {
        let layer = try layer()
        var history = FrameHistory()
        var kept: [Int] = []
        for _ in 0..<5 {
            _ = try layer(seeded([5, 6, 3]), after: &history)
            kept.append(history.valueCount)
        }
        let frame = 5 * 6 * 3
        #expect(kept == [frame, 2 * frame, 2 * frame, 2 * frame, 2 * frame])
    }

    @Test func streamsDoNotDisturbOneAnother() throws {
        let layer = try layer()
        var (first, second) = (FrameHistory(), FrameHistory())
        _ = try layer(seeded([5, 6, 3], seed: 1), after: &first)
        let fresh = try layer(seeded([5, 6, 3], seed: 2), after: &second)
        var alone = FrameHistory()
        #expect(try layer(seeded([5, 6, 3], seed: 2), after: &alone).values == fresh.values)
        #expect(try layer(seeded([5, 6, 3], seed: 2), after: &first).values != fresh.values)
    }

    @Test func theFirstFrameIsMetOnce() {
        var history = FrameHistory()
        let met = ["up", "up", "down", "up"].map { history.meetsFirstFrame(of: $0) }
        #expect(met == [true, false, true, false])
    }
}
