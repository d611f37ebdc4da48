internal import Kernels
internal import Layers
internal import Tensors

/// Way around a level of the encoder that has no weights: the pixels and frames of a block become channels,
/// averaged where there are too many of them.
///
/// - Source: diffusers 0.42.1 `autoencoder_kl_wan.py`, `AvgDown3D`
struct ChannelAveraging: Sendable {
    private let frames: Int
    private let block: Int
    private let sources: [BlockValue]
    private let averaged: Int
    private let name: String
    private let workers: Workers

    /// - Parameter name: under which the first frame of a pair is kept
    init(from: Int, to: Int, halvesSpace: Bool, halvesTime: Bool, name: String, on workers: Workers) {
        let (frames, block) = (halvesTime ? 2 : 1, halvesSpace ? 2 : 1)
        sources = (0..<from * frames * block * block).map { index in
            BlockValue(
                frame: index / (block * block) % frames, row: index / block % block, column: index % block,
                channel: index / (frames * block * block))
        }
        averaged = sources.count / to
        self.frames = frames
        self.block = block
        self.name = name
        self.workers = workers
    }

    /// - Parameter x: one frame, `[H, W, from]`
    /// - Returns: `[H / block, W / block, to]`; nil after the first frame of a pair
    func callAsFunction(_ x: Tensor, after history: inout FrameHistory) throws -> Tensor? {
        guard frames == 2 else { return average([x]) }
        guard !history.meetsFirstFrame(of: name) else { return average([nil, x]) }
        let waiting = try history.frames(of: name)
        guard !waiting.isEmpty else {
            try history.keep(x, of: name, newest: 1)
            return nil
        }
        history.forget(name)
        return average(waiting + [x])
    }

    private func average(_ group: [Tensor?]) -> Tensor {
        gatherBlocks(group, block: block, sources: sources, averaged: averaged, on: workers)
    }
}
