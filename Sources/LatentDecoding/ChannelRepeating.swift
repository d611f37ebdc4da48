internal import Kernels
internal import Tensors

/// Way around a level of the decoder that has no weights: channels become the pixels and frames of a block,
/// repeated where there are too few of them.
///
/// - Source: diffusers 0.42.1 `autoencoder_kl_wan.py`, `DupUp3D`
struct ChannelRepeating: Sendable {
    /// For each frame of a block: the channel that each row, column and channel of the block is a copy of.
    private let sources: [[Int]]
    private let workers: Workers

    init(from: Int, to: Int, doublesTime: Bool, on workers: Workers) {
        let frames = doublesTime ? 2 : 1
        let repeats = to * frames * 4 / from
        sources = (0..<frames).map { frame in
            (0..<4 * to).map { index in
                let (pixel, channel) = (index / to, index % to)
                return ((channel * frames + frame) * 4 + pixel) / repeats
            }
        }
        self.workers = workers
    }

    /// - Parameters:
    ///   - x: one frame, `[H, W, from]`
    ///   - place: of the frame that is wanted among `count`, 0 being the first
    ///   - count: frames that the level makes; the last ones of the block, since the first frame of a stream has no frame
    ///     before it
    /// - Returns: `[2H, 2W, to]`
    func callAsFunction(_ x: Tensor, place: Int, of count: Int) -> Tensor {
        spreadBlocks(x, block: 2, sources: sources[sources.count - count + place], on: workers)
    }
}
