internal import Checkpoints
internal import Kernels
internal import Layers
internal import Tensors

/// One level of the decoder: residual blocks, then the step to the next finer level.
///
/// - Source: diffusers 0.42.1 `autoencoder_kl_wan.py`, `WanUpBlock` and `WanResidualUpBlock`
struct UpBlock: Sendable {
    private let blocks: [ResidualBlock]
    /// None at the finest level.
    private let upsampler: Upsampler?
    private let shortcut: ChannelRepeating?
    private let workers: Workers

    /// - Parameter level: 0 is the coarsest
    init(_ weights: WeightScope, level: Int, of config: AutoencoderConfig, on workers: Workers) throws {
        let widths = config.decoderWidths
        let (coming, to) = (widths[level], widths[level + 1])
        // Without short-cuts around levels, the step to a finer level halves the width.
        let from = level == 0 || config.hasLevelShortcuts ? coming : coming / 2
        blocks = try (0...config.residualBlocks).map {
            try ResidualBlock(weights["resnets"][$0], from: $0 == 0 ? from : to, to: to, on: workers)
        }
        self.workers = workers
        guard level < config.halvesTime.count else {
            (upsampler, shortcut) = (nil, nil)
            return
        }
        let doublesTime = config.halvesTime[config.halvesTime.count - 1 - level]
        if config.hasLevelShortcuts {
            upsampler = try Upsampler(
                weights["upsampler"], from: to, to: to, doublesTime: doublesTime, on: workers)
            shortcut = ChannelRepeating(from: from, to: to, doublesTime: doublesTime, on: workers)
        } else {
            upsampler = try Upsampler(
                weights["upsamplers"][0], from: to, to: to / 2, doublesTime: doublesTime, on: workers)
            shortcut = nil
        }
    }

    /// - Parameter x: one frame, `[H, W, C]`; let go after the first block, if nobody else holds it
    /// - Returns: one or two frames, `[2H, 2W, C']`; at the finest level one of the same size
    func callAsFunction(_ x: consuming Tensor, after history: inout FrameHistory) throws -> RisingFrames {
        let around = shortcut == nil ? nil : x
        var main = consume x
        for block in blocks { main = try block(main, after: &history) }
        guard let upsampler else { return RisingFrames(coarse: [main], around: nil, count: 1, level: self) }
        let frames = try upsampler.inTime(consume main, after: &history)
        return RisingFrames(coarse: frames.reversed(), around: around, count: frames.count, level: self)
    }

    /// The frames of a level, each made twice as high and wide when it is asked for, so that one waits for the other in a
    /// quarter of its size.
    struct RisingFrames {
        /// `[H, W, C]`, the next one last.
        fileprivate var coarse: [Tensor]
        /// What came into the level.
        fileprivate var around: Tensor?
        fileprivate let count: Int
        fileprivate let level: UpBlock

        /// The next frame, `[2H, 2W, C']`; nil behind the last one.
        ///
        /// - Throws: `CancellationError` once the workers are cancelled
        mutating func next() throws -> Tensor? {
            guard let frame = coarse.popLast() else { return nil }
            guard let upsampler = level.upsampler else { return frame }
            var result = try upsampler.inSpace(frame)
            guard let shortcut = level.shortcut, let around else { return result }
            let place = count - 1 - coarse.count
            result.add(shortcut(around, place: place, of: count), on: level.workers)
            if coarse.isEmpty { self.around = nil }
            return result
        }

        func all() throws -> [Tensor] {
            var (rest, frames) = (self, [Tensor]())
            while let frame = try rest.next() { frames.append(frame) }
            return frames
        }
    }
}
