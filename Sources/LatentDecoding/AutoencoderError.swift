/// What can be wrong with a latent or a video that an autoencoder is given.
package enum AutoencoderError: Error, Equatable, CustomStringConvertible {
    case wrongLatent(shape: [Int], channels: Int)
    case wrongFrame(shape: [Int], factor: Int)
    case wrongFrameCount(found: Int, factor: Int)

    package var description: String {
        switch self {
        case .wrongLatent(let shape, let channels):
            "A latent of shape \(shape) cannot be decoded: this autoencoder needs [\(channels), frames, rows, "
                + "columns], at least one of each. The latent belongs to another model."
        case .wrongFrame(let shape, let factor):
            "A frame of shape \(shape) cannot be encoded: this autoencoder needs [rows, columns, 3], all frames "
                + "of one size, rows and columns multiples of \(factor). Scale or crop the video."
        case .wrongFrameCount(let found, let factor):
            "A video of \(found) frames cannot be encoded: this autoencoder needs 1 frame and then \(factor) for "
                + "each further latent frame. Cut or extend the video."
        }
    }
}
