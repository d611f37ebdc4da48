package import Pictures
package import Tensors

extension Frame {
    /// The picture that a decoder means: -1 is black, 1 full; what lies outside is cut off.
    ///
    /// - Parameter picture: `[H, W, 3]`
    /// - Throws: ``VideoError/notFinite(value:row:column:)`` for NaN and infinity, which diffusers lets pass
    ///   as black and white
    /// - Precondition: the shape is `[H, W, 3]`
    /// - Source: diffusers 0.42.1 `image_processor.py`, `denormalize` and `numpy_to_pil`: rounds half to
    ///   even. (With `output_type="np"`, `export_to_video` cuts off instead and is darker by half a level.)
    package init(decoded picture: Tensor) throws(VideoError) {
        precondition(picture.shape.count == 3 && picture.shape[2] == 3, "\(picture.shape) is no [H, W, 3]")
        let width = picture.shape[1]
        var pixels = [UInt8](repeating: 0, count: picture.count)
        var broken: (index: Int, value: Float)?
        picture.withValues { values in
            for (index, value) in values.enumerated() {
                guard value.isFinite else {
                    broken = (index, value)
                    return
                }
                let level = min(max(value * 0.5 + 0.5, 0), 1) * 255
                pixels[index] = UInt8(level.rounded(.toNearestOrEven))
            }
        }
        if let broken {
            let pixel = broken.index / 3
            throw .notFinite(value: broken.value, row: pixel / width, column: pixel % width)
        }
        self.init(width: width, height: picture.shape[0], pixels: pixels)
    }
}
