internal import Checkpoints

/// Sizes of a text encoder, from `text_encoder/config.json`.
package struct TextEncoderConfig: Codable, Equatable, Sendable {
    /// Which of the two has a relative bias in every layer.
    package enum Family: String, Codable, Sendable { case umt5, t5 }

    /// The feed-forward layer of T5 v1.1 and UMT5; the first T5 has another.
    package enum FeedForward: String, Codable, Sendable { case gatedGELU = "gated-gelu" }

    package let family: Family
    package let feedForward: FeedForward
    package let width: Int  // C
    package let heads: Int  // N
    package let headWidth: Int  // D; heads * headWidth need not be the width
    package let hiddenWidth: Int
    package let layers: Int
    package let vocabulary: Int
    package let distanceBuckets: Int
    /// Tokens from which on all distances share a bucket.
    package let farthestDistance: Int
    package let epsilon: Float

    enum CodingKeys: String, CodingKey {
        case family = "model_type"
        case feedForward = "feed_forward_proj"
        case width = "d_model"
        case heads = "num_heads"
        case headWidth = "d_kv"
        case hiddenWidth = "d_ff"
        case layers = "num_layers"
        case vocabulary = "vocab_size"
        case distanceBuckets = "relative_attention_num_buckets"
        case farthestDistance = "relative_attention_max_distance"
        case epsilon = "layer_norm_epsilon"
    }
}

extension TextEncoderConfig {
    /// - Throws: `DecodingError` with the key when a value is missing or describes no model
    package init(from decoder: any Decoder) throws {
        let json = try decoder.container(keyedBy: CodingKeys.self)
        family = try json.decode(Family.self, forKey: .family)
        feedForward = try json.decode(FeedForward.self, forKey: .feedForward)
        width = try json.size(.width)
        heads = try json.size(.heads)
        headWidth = try json.size(.headWidth)
        hiddenWidth = try json.size(.hiddenWidth)
        layers = try json.size(.layers)
        vocabulary = try json.size(.vocabulary)
        distanceBuckets = try json.size(.distanceBuckets)
        try json.require(.distanceBuckets, distanceBuckets.isMultiple(of: 4), "It is a multiple of 4.")
        farthestDistance = try json.size(.farthestDistance)
        try json.require(
            .farthestDistance, farthestDistance > distanceBuckets / 4,
            "It is more than the \(distanceBuckets / 4) distances that have a bucket each.")
        epsilon = try json.decode(Float.self, forKey: .epsilon)
        try json.require(.epsilon, epsilon > 0 && epsilon < 1, "It lies between 0 and 1.")
    }
}
