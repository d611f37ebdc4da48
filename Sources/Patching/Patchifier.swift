package import Tensors

/// Cuts a latent into tokens and puts tokens together to a latent.
///
/// The values of a token change their order between a transformer's two ends. They come in with the channel
/// outermost, as the kernel of the patch embedding lies in the file, and go out with the channel innermost.
///
/// - Source: diffusers 0.42.1 `transformer_wan.py`, `WanTransformer3DModel.forward`
package struct Patchifier: Sendable {
    package let patch: PatchSize
    package let grid: TokenGrid

    /// For latents of `frames` x `height` x `width` cells.
    ///
    /// - Precondition: the patch size divides them
    package init(_ patch: PatchSize, frames: Int, height: Int, width: Int) {
        self.patch = patch
        grid = TokenGrid(of: patch, frames: frames, height: height, width: width)
    }

    /// - Parameter latent: `[z, f, h, w]`, of any number of channels
    /// - Returns: `[L, z * cells]`, a token's values in the order z, time, height, width
    package func patchify(_ latent: Tensor) -> Tensor {
        let channels = latent.shape[0]
        precondition(latent.shape == shape(channels: channels), "\(latent.shape) is not for \(grid)")
        var tokens = Tensor(uninitialized: [grid.tokens, channels * patch.cells])
        tokens.withMutableValues { tokens in
            latent.withValues { latent in
                walk(channels: channels) { index, place in
                    let value = place.channel * patch.cells + place.cell
                    tokens[place.token * channels * patch.cells + value] = latent[index]
                }
            }
        }
        return tokens
    }

    /// - Parameter tokens: `[L, cells * z]`, a token's values in the order time, height, width, z
    /// - Returns: `[z, f, h, w]`
    package func unpatchify(_ tokens: Tensor) -> Tensor {
        let width = tokens.shape[1]
        precondition(
            tokens.shape[0] == grid.tokens && width.isMultiple(of: patch.cells), "\(tokens.shape) for \(grid)"
        )
        let channels = width / patch.cells
        var latent = Tensor(uninitialized: shape(channels: channels))
        latent.withMutableValues { latent in
            tokens.withValues { tokens in
                walk(channels: channels) { index, place in
                    latent[index] = tokens[place.token * width + place.cell * channels + place.channel]
                }
            }
        }
        return latent
    }

    private func shape(channels: Int) -> [Int] {
        [channels, grid.frames * patch.time, grid.rows * patch.height, grid.columns * patch.width]
    }

    /// Calls `visit` for each value of a latent, with the token that holds it and its place in it.
    private func walk(
        channels: Int, _ visit: (_ index: Int, _ place: (token: Int, channel: Int, cell: Int)) -> Void
    ) {
        let (frames, height) = (grid.frames * patch.time, grid.rows * patch.height)
        let width = grid.columns * patch.width
        for line in 0..<channels * frames * height {
            let (channel, time, y) = (line / (frames * height), line / height % frames, line % height)
            let firstToken = (time / patch.time * grid.rows + y / patch.height) * grid.columns
            let firstCell = (time % patch.time * patch.height + y % patch.height) * patch.width
            for x in 0..<width {
                let (column, cell) = x.quotientAndRemainder(dividingBy: patch.width)
                visit(line * width + x, (firstToken + column, channel, firstCell + cell))
            }
        }
    }
}
