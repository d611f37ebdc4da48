internal import Kernels
internal import Tensors

/// Pixels of a patch as channels: `[H, W, 3]` to `[H / size, W / size, 3 * size²]` and back.
///
/// Channels run over colour, column and row of the patch, the row fastest.
///
/// - Source: diffusers 0.42.1 `autoencoder_kl_wan.py`, `patchify` and `unpatchify`
struct PixelPatches: Sendable {
    let size: Int
    let workers: Workers

    func patchify(_ frame: Tensor) -> Tensor {
        guard size > 1 else { return frame }
        let sources = (0..<3 * size * size).map {
            BlockValue(row: $0 % size, column: $0 / size % size, channel: $0 / (size * size))
        }
        return gatherBlocks([frame], block: size, sources: sources, averaged: 1, on: workers)
    }

    func unpatchify(_ patches: Tensor) -> Tensor {
        guard size > 1 else { return patches }
        let sources = (0..<size * size * 3).map { index in
            let (row, column, colour) = (index / (size * 3), index / 3 % size, index % 3)
            return (colour * size + column) * size + row
        }
        return spreadBlocks(patches, block: size, sources: sources, on: workers)
    }
}
