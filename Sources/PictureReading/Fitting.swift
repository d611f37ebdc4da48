package import Pictures
package import Tensors

/// Which part of a picture a clip of another shape shows.
package struct Fitting: Equatable, Sendable {
    package let left: Int
    package let top: Int
    package let width: Int
    package let height: Int

    /// The largest part around the centre that has the target's proportions, to the pixel.
    package init(_ picture: (width: Int, height: Int), to target: (width: Int, height: Int)) {
        let scale = min(
            Double(picture.width) / Double(target.width), Double(picture.height) / Double(target.height))
        width = min(picture.width, max(1, Int((Double(target.width) * scale).rounded())))
        height = min(picture.height, max(1, Int((Double(target.height) * scale).rounded())))
        left = (picture.width - width) / 2
        top = (picture.height - height) / 2
    }
}

extension Frame {
    /// The picture as a frame of a clip: cut around the centre to the clip's proportions and scaled (Lanczos).
    /// A picture of the clip's size comes back as it is.
    package func fitted(width: Int, height: Int) -> Frame {
        let fitting = Fitting((self.width, self.height), to: (width, height))
        let part =
            fitting.width == self.width && fitting.height == self.height
            ? self
            : cropped(left: fitting.left, top: fitting.top, width: fitting.width, height: fitting.height)
        return part.resampled(width: width, height: height, by: .lanczos)
    }

    /// What an autoencoder takes: `[H, W, 3]` in `-1 ... 1`.
    ///
    /// - Source: diffusers 0.42.1 `image_processor.py`, `pil_to_numpy` and `normalize`
    package var values: Tensor {
        Tensor(pixels.map { 2 * (Float($0) / 255) - 1 }, shape: [height, width, 3])
    }
}
