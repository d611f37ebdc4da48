/// What can be wrong with an autoencoder's `config.json`, or with a latent or video that it is given.
package enum AutoencoderError: Error, Equatable, CustomStringConvertible {
    case unusableSize(String, Int)
    case wrongCount(field: String, found: Int, expected: Int)
    case unusableStatistics
    case attentionScales([Float])
    case contradiction(field: String, stated: Int, layout: Int)
    case unevenShortcut(from: Int, to: Int)
    case wrongLatent(shape: [Int], channels: Int)
    case wrongFrame(shape: [Int], factor: Int)
    case wrongFrameCount(found: Int, factor: Int)

    package var description: String {
        switch self {
        case let .unusableSize(field, size):
            "The autoencoder's config.json gives '\(field)' the size \(size), which no layout can have. "
                + "Compare the file with the one that was published."
        case let .wrongCount(field, found, expected):
            "The autoencoder's config.json has \(found) values in '\(field)', but its layout needs \(expected). "
                + "Compare the file with the one that was published."
        case .unusableStatistics:
            "The autoencoder's config.json has a value in 'latents_mean' or 'latents_std' that is not finite, or a "
                + "deviation that is not above 0. Compare the file with the one that was published."
        case let .attentionScales(scales):
            "The autoencoder's config.json asks for attention at the scales \(scales) ('attn_scales'), which the "
                + "reference cannot run on a video either. Only an empty list is supported."
        case let .contradiction(field, stated, layout):
            "The autoencoder's config.json says \(stated) in '\(field)', but its other fields make it \(layout). "
                + "Compare the file with the one that was published."
        case let .unevenShortcut(from, to):
            "The autoencoder's short-cut from \(from) to \(to) channels does not come out even. "
                + "Check 'base_dim', 'decoder_base_dim' and 'dim_mult' in its config.json."
        case let .wrongLatent(shape, channels):
            "A latent of shape \(shape) cannot be decoded: this autoencoder needs [\(channels), frames, rows, "
                + "columns] with at least one of each. The latent belongs to another model."
        case let .wrongFrame(shape, factor):
            "A frame of shape \(shape) cannot be encoded: this autoencoder needs [rows, columns, 3], all frames of "
                + "one size, rows and columns multiples of \(factor). Scale or crop the video."
        case let .wrongFrameCount(found, factor):
            "A video of \(found) frames cannot be encoded: this autoencoder needs 1 frame and then \(factor) more for "
                + "each further latent frame. Cut or extend the video."
        }
    }
}
