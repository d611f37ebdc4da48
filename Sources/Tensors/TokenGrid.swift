/// Where the tokens of a latent lie: the token of (frame, row, column) has the number
/// `(frame * rows + row) * columns + column`.
package struct TokenGrid: Equatable, Sendable {
    package let patch: PatchSize
    package let frames: Int
    package let rows: Int
    package let columns: Int

    /// L
    package var tokens: Int { frames * rows * columns }

    /// The grid that covers a latent of `frames` x `height` x `width` cells; the last tokens of an axis reach
    /// beyond it where the patch size does not divide it.
    ///
    /// - Precondition: the latent has cells
    package init(of patch: PatchSize, frames: Int, height: Int, width: Int) {
        precondition(min(frames, height, width) >= 1, "no cells in \(frames)x\(height)x\(width)")
        self.patch = patch
        self.frames = (frames + patch.time - 1) / patch.time
        rows = (height + patch.height - 1) / patch.height
        columns = (width + patch.width - 1) / patch.width
    }
}
