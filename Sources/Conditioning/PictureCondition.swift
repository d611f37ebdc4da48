package import Tensors

/// What image-to-video models see beside the noise: a mask that is 1 where frames are given, then the latents
/// of the given frames.
///
/// - Source: Wan Team, arXiv 2503.20314, section 5.1; diffusers 0.42.1 `pipeline_wan_i2v.py`,
///   `prepare_latents`
package struct PictureCondition: Sendable {
    /// `[m + z, f, h, w]`
    package let values: Tensor
    package let maskChannels: Int  // m: frames that share a latent frame

    /// No picture is given: zeros, also for the mask.
    ///
    /// - Parameter latentShape: `[z, f, h, w]`
    package init(withoutPictures latentShape: [Int], maskChannels: Int) {
        self.maskChannels = maskChannels
        values = Tensor(shape: [maskChannels + latentShape[0]] + latentShape.dropFirst())
    }

    /// - Parameters:
    ///   - latent: of ``conditionVideo(first:last:frames:)``, normalised, `[z, f, h, w]`
    ///   - hasLast: whether the last frame is given too
    /// - Precondition: a last frame is one of its own, so there are two latent frames
    package init(of latent: Tensor, hasLast: Bool, maskChannels: Int) {
        let (frames, cells) = (latent.shape[1], latent.shape[2] * latent.shape[3])
        precondition(!hasLast || frames > 1, "the last of \(frames) latent frames is the first")
        var mask = Tensor(shape: [maskChannels] + latent.shape.dropFirst())
        mask.withMutableValues { mask in
            for channel in 0..<maskChannels {
                let first = channel * frames * cells
                mask[first..<first + cells].update(repeating: 1)
            }
            if hasLast { mask[mask.count - cells..<mask.count].update(repeating: 1) }
        }
        self.maskChannels = maskChannels
        values = .concatenated([mask, latent])
    }

    private init(values: Tensor, maskChannels: Int) {
        self.values = values
        self.maskChannels = maskChannels
    }
}

/// The video that a picture condition is encoded from: the given frames and grey between them, one by one.
///
/// - Parameters:
///   - first: `[H, W, 3]` in `-1 ... 1`
///   - last: of the same shape; nil leaves the end open
///   - frames: at least 1, with a last frame at least 2
package func conditionVideo(first: Tensor, last: Tensor?, frames: Int) -> some Sequence<Tensor> {
    let grey = Tensor(shape: first.shape)
    return (0..<frames).lazy.map { index in
        if index == 0 { return first }
        return index == frames - 1 ? last ?? grey : grey
    }
}

extension PictureCondition {
    /// Copies what lies under each track in the first frame to where the track goes; the mask stays.
    ///
    /// Where two tracks meet, the one that is drawn later wins; their order is random, as in training.
    ///
    /// - Parameters:
    ///   - tracks: for each latent frame the cell of the track, nil where it is not seen; a track that is not
    ///     seen in the first frame draws nothing
    ///   - order: of drawing, a permutation of the tracks' indices
    /// - Precondition: cells lie inside, and each track has one entry for each latent frame
    /// - Source: Wan-Move, arXiv 2512.08765, section 3.2; ali-vilab/Wan-Move `wan/modules/trajectory.py`
    package func drawing(_ tracks: [[Cell?]], order: [Int]) -> PictureCondition {
        let (channels, frames) = (values.shape[0], values.shape[1])
        let (height, width) = (values.shape[2], values.shape[3])
        precondition(
            order.sorted() == Array(tracks.indices), "\(order) is no order of \(tracks.count) tracks")
        var drawn = values
        drawn.withMutableValues { target in
            values.withValues { source in
                for track in order.map({ tracks[$0] }) {
                    precondition(track.count == frames, "\(track.count) cells for \(frames) frames")
                    guard let start = track[0] else { continue }
                    for (frame, cell) in track.enumerated().dropFirst() {
                        guard let cell else { continue }
                        for channel in maskChannels..<channels {
                            let plane = channel * frames * height * width
                            target[plane + (frame * height + cell.row) * width + cell.column] =
                                source[plane + start.row * width + start.column]
                        }
                    }
                }
            }
        }
        return PictureCondition(values: drawn, maskChannels: maskChannels)
    }
}

/// A place in a latent frame.
package struct Cell: Equatable, Sendable {
    package let row: Int
    package let column: Int

    package init(row: Int, column: Int) {
        self.row = row
        self.column = column
    }
}

/// A random order of `0 ..< count` that depends on the seed alone: by the size of as many normal numbers.
package func drawingOrder(count: Int, seed: UInt64) -> [Int] {
    var generator = SeededNoise(seed: seed)
    let keys = generator.normal(shape: [count]).values
    return (0..<count).sorted { (keys[$0], $0) < (keys[$1], $1) }
}
