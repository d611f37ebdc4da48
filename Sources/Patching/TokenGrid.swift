/// Where the tokens of a latent lie: the token of (frame, row, column) has the number
/// `(frame * rows + row) * columns + column`.
package struct TokenGrid: Equatable, Sendable {
    package let frames: Int
    package let rows: Int
    package let columns: Int

    /// L
    package var tokens: Int { frames * rows * columns }

    /// The grid of a latent of `frames` x `height` x `width` cells.
    ///
    /// - Precondition: the patch size divides the latent (``PatchSize/divides(frames:height:width:)``)
    package init(of patch: PatchSize, frames: Int, height: Int, width: Int) {
        precondition(
            patch.divides(frames: frames, height: height, width: width),
            "\(patch) does not divide \(frames)x\(height)x\(width)")
        self.frames = frames / patch.time
        rows = height / patch.height
        columns = width / patch.width
    }
}
