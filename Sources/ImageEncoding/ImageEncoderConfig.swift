internal import Checkpoints

/// Sizes of an image encoder, from `image_encoder/config.json`.
package struct ImageEncoderConfig: Codable, Equatable, Sendable {
    package enum Activation: String, Codable, Sendable {
        case gelu
        case quickGELU = "quick_gelu"
    }

    package let width: Int  // C
    package let heads: Int  // N
    package let hiddenWidth: Int
    package let layers: Int
    /// Pixels of one side of the square picture.
    package let imageSize: Int
    /// Pixels of one side of a patch; what is left over at the right and at the bottom is not seen.
    package let patchSize: Int
    package let activation: Activation
    package let epsilon: Float

    /// One for the whole picture, then one for each patch.
    package var tokens: Int { 1 + (imageSize / patchSize) * (imageSize / patchSize) }
    package var headWidth: Int { width / heads }  // D

    enum CodingKeys: String, CodingKey {
        case width = "hidden_size"
        case heads = "num_attention_heads"
        case hiddenWidth = "intermediate_size"
        case layers = "num_hidden_layers"
        case imageSize = "image_size"
        case patchSize = "patch_size"
        case activation = "hidden_act"
        case epsilon = "layer_norm_eps"
    }
}

extension ImageEncoderConfig {
    /// - Throws: `DecodingError` with the key when a value is missing or describes no model
    package init(from decoder: any Decoder) throws {
        let json = try decoder.container(keyedBy: CodingKeys.self)
        width = try json.size(.width)
        heads = try json.size(.heads)
        try json.require(.heads, width.isMultiple(of: heads), "The width \(width) is no multiple of it.")
        hiddenWidth = try json.size(.hiddenWidth)
        layers = try json.size(.layers)
        imageSize = try json.size(.imageSize)
        try json.require(.imageSize, imageSize <= 4096, "It is 4096 at the most.")
        patchSize = try json.size(.patchSize)
        try json.require(.patchSize, patchSize <= imageSize, "It is larger than the picture.")
        activation = try json.decode(Activation.self, forKey: .activation)
        epsilon = try json.decode(Float.self, forKey: .epsilon)
        try json.require(.epsilon, epsilon > 0 && epsilon < 1, "It lies between 0 and 1.")
    }
}
