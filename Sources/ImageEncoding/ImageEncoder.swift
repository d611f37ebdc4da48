package import Checkpoints
internal import Layers
package import Pictures
package import Tensors

/// The vision transformer of CLIP, up to the layer before its last, whose states Wan 2.1 looks at.
///
/// - Source: CLIP, arXiv 2103.00020; transformers 5.23.0 `models/clip/modeling_clip.py`, `CLIPVisionModel`;
///   diffusers 0.42.1 `pipeline_wan_i2v.py`, `encode_image`
package struct ImageEncoder: Sendable {
    /// What ``encode(_:observer:)`` has just computed.
    package enum Stage: Equatable, Sendable { case pixels, embedding, layer(Int) }

    package let config: ImageEncoderConfig
    package let processor: ImageProcessor
    private let classToken: Tensor  // [1, C]
    private let patchEmbedding: Linear
    private let positions: Tensor  // [tokens, C]
    private let entryNorm: LayerNorm
    private let layers: [EncoderLayer]
    private let workers: Workers

    /// Weights stay in their file and in its type. The last layer and what follows it are passed over.
    ///
    /// - Parameter weights: with the names of a whole CLIP (`vision_model.*`) or of its vision model alone
    /// - Throws: `CheckpointError` that lists all keys which are missing, unused or of another shape;
    ///   ``ImageEncoderError/cropDoesNotFit(crop:image:)``
    package init(
        _ weights: WeightScope, config: ImageEncoderConfig, processor: ImageProcessor, on workers: Workers
    ) throws {
        guard processor.cropSide == config.imageSize else {
            throw ImageEncoderError.cropDoesNotFit(crop: processor.cropSide, image: config.imageSize)
        }
        self.config = config
        self.processor = processor
        self.workers = workers
        let scope =
            weights.contains("embeddings.class_embedding") ? weights : weights["vision_model"]
        let (embeddings, width, side) = (scope["embeddings"], config.width, config.patchSize)
        classToken = try embeddings.values("class_embedding", shape: [width]).reshaped(to: [1, width])
        patchEmbedding = try Linear(
            embeddings["patch_embedding"], weightShape: [width, 3, side, side], bias: false, on: workers)
        positions = try embeddings.values("position_embedding.weight", shape: [config.tokens, width])
        // The name is misspelt in the files.
        entryNorm = try LayerNorm(
            scope["pre_layrnorm"], width: width, epsilon: config.epsilon, on: workers)
        layers = try (0..<config.layers - 1).map { index in
            try EncoderLayer(scope["encoder.layers"][index], config: config, on: workers)
        }
        for part in ["encoder.layers.\(config.layers - 1)", "post_layernorm", "embeddings.position_ids"] {
            scope.ignore(part)
        }
        try weights.checkAllUsed()
    }

    /// - Parameters:
    ///   - frame: of any size; the processor scales and cuts it
    ///   - observer: sees each intermediate state, `[tokens, C]`, and first the pixels, `[S, S, 3]`
    /// - Returns: `[tokens, C]`
    /// - Throws: `CancellationError`
    package func encode(
        _ frame: Frame, observer: (Stage, Tensor) -> Void = { _, _ in }
    ) throws -> Tensor {
        let pixels = processor(frame)  // [S, S, 3]
        observer(.pixels, pixels)
        let patches = patchEmbedding(patches(of: pixels))  // [tokens - 1, C]
        var x = Tensor.sum([(1, .concatenated([classToken, patches])), (1, positions)])
        x = entryNorm(x)
        observer(.embedding, x)
        for (index, layer) in layers.enumerated() {
            try workers.checkCancellation()
            RunScope.with(owner: "layers.\(index)") { layer(&x) }
            observer(.layer(index), x)
        }
        try workers.checkCancellation()
        return x
    }

    /// `[S, S, 3]` to `[patches, 3 * side * side]`, a patch's values with the channel outermost, as the kernel
    /// of the embedding lies in the file.
    private func patches(of pixels: Tensor) -> Tensor {
        let (size, side) = (config.imageSize, config.patchSize)
        let across = size / side
        var values: [Float] = []
        values.reserveCapacity(across * across * 3 * side * side)
        pixels.withValues { pixels in
            for patch in 0..<across * across {
                let (top, left) = (patch / across * side, patch % across * side)
                for channel in 0..<3 {
                    for y in top..<top + side {
                        for x in left..<left + side { values.append(pixels[(y * size + x) * 3 + channel]) }
                    }
                }
            }
        }
        return Tensor(values, shape: [across * across, 3 * side * side])
    }
}
