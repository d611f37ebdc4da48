internal import Checkpoints
package import Tensors

/// A transformer's `config.json`, in the words of this library.
package struct DiTConfig: Codable, Equatable, Sendable {
    /// The base size; further ones are in a file of their own (``PatchSizeFile``).
    package let patch: PatchSize
    package let heads: Int  // N
    package let headWidth: Int  // D, even
    /// Channels of the latent that comes in; image-to-video models take condition and mask beside the noise.
    package let inputChannels: Int
    /// Channels of the velocity.
    package let outputChannels: Int
    package let textWidth: Int
    /// Values of the sinusoid that a time becomes first, even.
    package let frequencyWidth: Int
    package let hiddenWidth: Int
    package let layers: Int
    /// Whether cross-attention sees its queries through a learned layer norm or as they are.
    package let normsCrossAttention: Bool
    package let queryKeyNorm: QueryKeyNorm
    package let epsilon: Float
    /// Width of a token from the image encoder; models without one have none.
    package let imageWidth: Int?
    /// Width of the image tokens where cross-attention takes them, after their embedding; the model's width.
    package let imageKeyWidth: Int?
    /// Learned positions of the image tokens, for models with a first and a last frame.
    package let imagePositions: Int?
    /// Longest axis of a token grid for which the model was made.
    package let longestAxis: Int

    package var width: Int { heads * headWidth }  // C

    package enum QueryKeyNorm: String, Codable, Sendable {
        /// One root mean square over the channels of all heads.
        case acrossHeads = "rms_norm_across_heads"
    }

    enum CodingKeys: String, CodingKey {
        case patch = "patch_size"
        case heads = "num_attention_heads"
        case headWidth = "attention_head_dim"
        case inputChannels = "in_channels"
        case outputChannels = "out_channels"
        case textWidth = "text_dim"
        case frequencyWidth = "freq_dim"
        case hiddenWidth = "ffn_dim"
        case layers = "num_layers"
        case normsCrossAttention = "cross_attn_norm"
        case queryKeyNorm = "qk_norm"
        case epsilon = "eps"
        case imageWidth = "image_dim"
        case imageKeyWidth = "added_kv_proj_dim"
        case imagePositions = "pos_embed_seq_len"
        case longestAxis = "rope_max_seq_len"
    }
}

extension DiTConfig {
    /// - Throws: `DecodingError` with the key when a value is missing or describes no model
    package init(from decoder: any Decoder) throws {
        let json = try decoder.container(keyedBy: CodingKeys.self)
        patch = try json.decode(PatchSize.self, forKey: .patch)
        heads = try json.size(.heads)
        headWidth = try json.size(.headWidth)
        try json.require(.headWidth, headWidth.isMultiple(of: 2), "It has to be even.")
        inputChannels = try json.size(.inputChannels)
        outputChannels = try json.size(.outputChannels)
        textWidth = try json.size(.textWidth)
        frequencyWidth = try json.size(.frequencyWidth)
        try json.require(.frequencyWidth, frequencyWidth.isMultiple(of: 2), "It has to be even.")
        hiddenWidth = try json.size(.hiddenWidth)
        layers = try json.size(.layers)
        normsCrossAttention = try json.decode(Bool.self, forKey: .normsCrossAttention)
        queryKeyNorm = try json.decode(QueryKeyNorm.self, forKey: .queryKeyNorm)
        epsilon = try json.decode(Float.self, forKey: .epsilon)
        try json.require(.epsilon, epsilon > 0 && epsilon < 1, "It lies between 0 and 1.")
        imageWidth = try json.sizeIfPresent(.imageWidth)
        imageKeyWidth = try json.sizeIfPresent(.imageKeyWidth)
        imagePositions = try json.sizeIfPresent(.imagePositions)
        longestAxis = try json.size(.longestAxis)
        try json.require(
            .imageKeyWidth, (imageWidth == nil) == (imageKeyWidth == nil) && imageKeyWidth ?? width == width,
            "It is \(width), the model's width, where there is an image_dim, and null otherwise.")
    }
}
