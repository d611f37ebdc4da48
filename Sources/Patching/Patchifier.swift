package import Tensors

/// Cuts a latent into tokens and puts tokens together to a latent.
///
/// Where the patch size does not divide the latent, its last frame, row or column is repeated in what the
/// last tokens hold beyond it, and what comes back for there is dropped.
///
/// The values of a token change their order between a transformer's two ends. They come in with the channel
/// outermost, as the kernel of the patch embedding lies in the file, and go out with the channel innermost.
///
/// - Source: diffusers 0.42.1 `transformer_wan.py`, `WanTransformer3DModel.forward`; the repetition is that of
///   `Scripts/training/patch_sizes.py`, `padded`
package struct Patchifier: Sendable {
    package let grid: TokenGrid
    private let frames: Int
    private let height: Int
    private let width: Int

    /// For latents of `frames` x `height` x `width` cells, each at least 1.
    package init(_ patch: PatchSize, frames: Int, height: Int, width: Int) {
        grid = TokenGrid(of: patch, frames: frames, height: height, width: width)
        self.frames = frames
        self.height = height
        self.width = width
    }

    /// - Parameter latent: `[z, f, h, w]`, of any number of channels
    /// - Returns: `[L, z * cells]`, a token's values in the order z, time, height, width
    package func patchify(_ latent: Tensor) -> Tensor {
        let (channels, cells) = (latent.shape[0], grid.patch.cells)
        precondition(latent.shape == shape(channels: channels), "\(latent.shape) is not for \(grid)")
        var tokens = Tensor(uninitialized: [grid.tokens, channels * cells])
        guard tokens.isFilled, latent.isFilled else { return tokens }
        tokens.withMutableValues { tokens in
            latent.withValues { latent in
                walk(channels: channels) { place in
                    let value = (place.token * channels + place.channel) * cells + place.cell
                    tokens[value] = latent[place.index]
                }
            }
        }
        return tokens
    }

    /// - Parameter tokens: `[L, cells * z]`, a token's values in the order time, height, width, z
    /// - Returns: `[z, f, h, w]`
    package func unpatchify(_ tokens: Tensor) -> Tensor {
        let (width, cells) = (tokens.shape[1], grid.patch.cells)
        precondition(
            tokens.shape[0] == grid.tokens && width.isMultiple(of: cells), "\(tokens.shape) for \(grid)")
        let channels = width / cells
        var latent = Tensor(uninitialized: shape(channels: channels))
        guard latent.isFilled, tokens.isFilled else { return latent }
        latent.withMutableValues { latent in
            tokens.withValues { tokens in
                walk(channels: channels) { place in
                    guard !place.isRepeated else { return }
                    latent[place.index] = tokens[place.token * width + place.cell * channels + place.channel]
                }
            }
        }
        return latent
    }

    private func shape(channels: Int) -> [Int] { [channels, frames, height, width] }

    /// One value of a token.
    private struct Place {
        let token: Int
        let channel: Int
        /// Position in the patch.
        let cell: Int
        /// Of the value in the latent; beyond the latent, of the one that is repeated there.
        let index: Int
        let isRepeated: Bool
    }

    /// Calls `visit` for each value of each token.
    private func walk(channels: Int, _ visit: (Place) -> Void) {
        let patch = grid.patch
        let (allFrames, allRows) = (grid.frames * patch.time, grid.rows * patch.height)
        for line in 0..<channels * allFrames * allRows {
            let (channel, time, y) = (
                line / (allFrames * allRows), line / allRows % allFrames, line % allRows
            )
            let firstToken = (time / patch.time * grid.rows + y / patch.height) * grid.columns
            let firstCell = (time % patch.time * patch.height + y % patch.height) * patch.width
            let firstIndex =
                ((channel * frames + min(time, frames - 1)) * height + min(y, height - 1)) * width
            let isRepeated = time >= frames || y >= height
            for x in 0..<grid.columns * patch.width {
                let (column, cell) = x.quotientAndRemainder(dividingBy: patch.width)
                visit(
                    Place(
                        token: firstToken + column, channel: channel, cell: firstCell + cell,
                        index: firstIndex + min(x, width - 1), isRepeated: isRepeated || x >= width))
            }
        }
    }
}
