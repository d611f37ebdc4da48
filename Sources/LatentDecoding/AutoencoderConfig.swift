/// Layout of an autoencoder for video, as the `config.json` of its folder states it; one that can be built.
///
/// - Source: diffusers 0.42.1 `autoencoder_kl_wan.py`, `AutoencoderKLWan.__init__`
package struct AutoencoderConfig: Codable, Equatable, Sendable {
    /// Channels that `multipliers` multiply.
    package let encoderWidth: Int
    package let decoderWidth: Int
    /// Channels of a latent: z.
    package let latentChannels: Int
    /// Width of each level over the base width, finest level first.
    package let multipliers: [Int]
    /// Residual blocks of one level of the encoder; a level of the decoder has one more.
    package let residualBlocks: Int
    /// Scales at which the encoder would attend; only an empty list is supported.
    package let attentionScales: [Float]
    /// For each level but the coarsest, whether it halves the number of frames too.
    package let halvesTime: [Bool]
    /// Whether the levels have short-cuts around them (Wan 2.2).
    package let hasLevelShortcuts: Bool
    /// Height and width of the patches of pixels that become channels before the first level; 1 leaves pixels
    /// alone.
    package let patchSize: Int
    package let inputChannels: Int
    package let outputChannels: Int
    /// Mean and deviation of each latent channel before it was normalised for the sampler.
    package let latentMean: [Float]
    package let latentDeviation: [Float]
    /// What the file says about the factors, which follow from the layout and agree with it.
    package let statedTemporalFactor: Int?
    package let statedSpatialFactor: Int?

    enum CodingKeys: String, CodingKey {
        case encoderWidth = "base_dim"
        case decoderWidth = "decoder_base_dim"
        case latentChannels = "z_dim"
        case multipliers = "dim_mult"
        case residualBlocks = "num_res_blocks"
        case attentionScales = "attn_scales"
        case halvesTime = "temperal_downsample"
        case hasLevelShortcuts = "is_residual"
        case patchSize = "patch_size"
        case inputChannels = "in_channels"
        case outputChannels = "out_channels"
        case latentMean = "latents_mean"
        case latentDeviation = "latents_std"
        case statedTemporalFactor = "scale_factor_temporal"
        case statedSpatialFactor = "scale_factor_spatial"
    }

    /// Frames per latent frame after the first, which is one frame.
    package var temporalFactor: Int { halvesTime.reduce(1) { $1 ? $0 * 2 : $0 } }

    /// Pixels per latent cell, down and across.
    package var spatialFactor: Int { (1..<multipliers.count).reduce(patchSize) { factor, _ in factor * 2 } }

    /// Frames that a latent of `latentFrames` becomes: `1 + temporalFactor * (latentFrames - 1)`.
    package func frameCount(latentFrames: Int) -> Int { 1 + temporalFactor * (latentFrames - 1) }

    /// Widths of the encoder from its first convolution on, finest level first.
    var encoderWidths: [Int] { ([1] + multipliers).map { encoderWidth * $0 } }

    /// Widths of the decoder from its first convolution on, coarsest level first.
    var decoderWidths: [Int] { (multipliers.suffix(1) + multipliers.reversed()).map { decoderWidth * $0 } }
}
