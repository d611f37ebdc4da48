import Foundation
import LatentDecoding
import Layers
import Tensors
import TestSupport
import Testing

@Suite struct StreamingTests {
    @Test(arguments: AutoencoderGolden.all)
    func frameByFrameEqualsLevelByLevel(_ golden: AutoencoderGolden) throws {
        let (decoder, latent) = (try golden.decoder(), try golden.tensor("latent"))
        let stages = try decoder.stages(of: latent)
        #expect(try decoder.video(of: latent).values == stages["frames"]?.values)
    }

    /// What comes later does not change what came before.
    @Test(arguments: AutoencoderGolden.all)
    func framesDoNotDependOnTheLengthOfTheClip(_ golden: AutoencoderGolden) throws {
        let (decoder, latent) = (try golden.decoder(), try golden.tensor("latent"))
        let whole = try decoder.video(of: latent)
        for count in 1...latent.shape[1] {
            let part = try decoder.video(of: firstFrames(count, of: latent))
            #expect(part.shape[0] == decoder.config.frameCount(latentFrames: count))
            #expect(part.values == whole.rows(0..<part.shape[0]).values)
        }
    }

    @Test(arguments: AutoencoderGolden.all)
    func anyNumberOfThreadsGivesTheSameBytes(_ golden: AutoencoderGolden) throws {
        let (latent, video) = (try golden.tensor("latent"), try golden.video())
        let one = try golden.decoder(threads: 1).video(of: latent)
        let two = try golden.decoder(threads: 2).video(of: latent)
        #expect(one.values == two.values)
        let encodedByOne = try golden.encoder(threads: 1).encode(video)
        let encodedByTwo = try golden.encoder(threads: 2).encode(video)
        #expect(encodedByOne.values == encodedByTwo.values)
    }

    /// The encoder and a second decode go on in the same file.
    @Test(arguments: AutoencoderGolden.all)
    func framesRememberedInAFileGiveTheSameBytes(_ golden: AutoencoderGolden) throws {
        let (decoder, latent) = (try golden.decoder(), try golden.tensor("latent"))
        let (encoder, video) = (try golden.encoder(), try golden.video())
        let directory = TemporaryDirectory()
        let file = FrameFile(in: directory.url.path)
        try file.open(byteCount: 1 << 20)
        let fromFile = try encoder.encode(video, rememberingIn: file)
        #expect(try fromFile.values == encoder.encode(video).values)
        for _ in 0..<2 {
            var frames: [Float] = []
            try decoder.decode(latent, rememberingIn: file) { frames += $0.values }
            #expect(try frames == decoder.video(of: latent).values)
        }
        #expect(file.mostBytes > 0)
        #expect(try directory.contents.isEmpty)
    }

    @Test func oneDecoderServesTwoStreams() throws {
        let golden = AutoencoderGolden("wan-2.1")
        let (decoder, latent) = (try golden.decoder(), try golden.tensor("latent"))
        let alone = try decoder.video(of: latent)
        var outer: [Tensor] = []
        try decoder.decode(latent) { frame in
            outer.append(frame.reshaped(to: [1] + frame.shape))
            let inner = try decoder.video(of: latent)
            #expect(inner.values == alone.values)
        }
        #expect(Tensor.concatenated(outer).values == alone.values)
    }

    @Test func cancellingEndsTheDecodeWithoutAnotherFrame() throws {
        let golden = AutoencoderGolden("wan-2.1")
        let workers = Workers(threads: 2)
        let (decoder, latent) = (try golden.decoder(on: workers), try golden.tensor("latent"))
        var frames = 0
        #expect(throws: CancellationError.self) {
            try decoder.decode(latent) { _ in
                frames += 1
                if frames == 3 { workers.cancel() }
            }
        }
        #expect(frames == 3)
    }

    @Test func anErrorOfTheReceiverEndsTheDecode() throws {
        struct DiskFull: Error {}
        let golden = AutoencoderGolden("residual")
        var frames = 0
        #expect(throws: DiskFull.self) {
            try golden.decoder().decode(golden.tensor("latent")) { _ in
                frames += 1
                throw DiskFull()
            }
        }
        #expect(frames == 1)
    }

    private func firstFrames(_ count: Int, of latent: Tensor) -> Tensor {
        let shape = latent.shape
        let pixels = shape[2] * shape[3]
        let values = latent.values
        let kept = (0..<shape[0]).flatMap { channel in
            values[channel * shape[1] * pixels..<(channel * shape[1] + count) * pixels]
        }
        return Tensor(kept, shape: [shape[0], count, shape[2], shape[3]])
    }
}
