internal import Checkpoints
internal import Kernels
internal import Layers
package import Tensors

/// What all blocks get to know of the time.
package struct TimeConditions: Sendable {
    /// `[C]`
    package let embedding: Tensor
    /// `[6, C]`: shift, scale and gate of self-attention, then of the feed-forward part.
    package let projection: Tensor
}

/// Brings time, prompt and image to the width of the model.
///
/// - Source: diffusers 0.42.1 `transformer_wan.py`, `WanTimeTextImageEmbedding`
package struct ConditionEmbedder: Sendable {
    private let frequencies: Int
    private let time: TwoLayers
    private let timeProjection: Linear
    private let text: TwoLayers
    private let image: ImageEmbedder?
    private let workers: Workers

    init(_ weights: WeightScope, config: DiTConfig, on workers: Workers) throws {
        let width = config.width
        frequencies = config.frequencyWidth
        time = try TwoLayers(weights["time_embedder"], from: config.frequencyWidth, to: width, on: workers)
        timeProjection = try Linear(weights["time_proj"], from: width, to: 6 * width, on: workers)
        text = try TwoLayers(weights["text_embedder"], from: config.textWidth, to: width, on: workers)
        image = try config.imageWidth.map { imageWidth in
            try ImageEmbedder(
                weights["image_embedder"], from: imageWidth, to: width, positions: config.imagePositions,
                on: workers)
        }
        self.workers = workers
    }

    /// - Parameters:
    ///   - timestep: noise level in thousandths
    ///   - marker: `[C]`, added to what the model makes of the time; none for the base patch size
    package func time(_ timestep: Float, marker: Tensor? = nil) -> TimeConditions {
        var time = self.time(sinusoid(of: timestep, width: frequencies)) { silu(&$0, on: workers) }  // [1, C]
        if let marker { time = Tensor.sum([(1, time), (1, marker.reshaped(to: time.shape))]) }
        var active = time
        silu(&active, on: workers)
        return TimeConditions(
            embedding: time.reshaped(to: [time.width]),
            projection: timeProjection(active).reshaped(to: [6, time.width]))
    }

    /// - Parameter context: `[rows, text width]`
    /// - Returns: `[rows, C]`
    package func text(_ context: Tensor) -> Tensor { text(context) { gelu(&$0, on: workers) } }

    /// - Parameter tokens: `[image tokens, image width]`, for models that have an image width and for no others
    /// - Returns: `[image tokens, C]`
    package func image(_ tokens: Tensor?) -> Tensor? {
        precondition((tokens == nil) == (image == nil), "image tokens are for models with an image width")
        return tokens.flatMap { image?($0) }
    }
}

/// Two linear layers with something between them.
private struct TwoLayers: Sendable {
    let first: Linear
    let second: Linear

    init(_ weights: WeightScope, from: Int, to: Int, on workers: Workers) throws {
        first = try Linear(weights["linear_1"], from: from, to: to, on: workers)
        second = try Linear(weights["linear_2"], from: to, to: to, on: workers)
    }

    func callAsFunction(_ x: Tensor, activation: (inout Tensor) -> Void) -> Tensor {
        var hidden = first(x)
        activation(&hidden)
        return second(hidden)
    }
}
