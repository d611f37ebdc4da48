internal import Checkpoints
internal import Layers
package import Tensors

/// What one patch size needs beside the trunk: the way in, the way out, and what tells the trunk the size.
///
/// - Source: Anagnostidis et al., "FlexiDiT", arXiv 2502.20126, section 3
package struct PatchEnds: Sendable {
    private let embedding: Linear
    private let projection: Linear
    /// `[C]`, added to the time embedding; the base size has none.
    package let marker: Tensor?

    /// - Parameter weights: the whole transformer for its base size, else the scope that the size names
    init(_ weights: WeightScope, for patch: PatchSize, config: DiTConfig, on workers: Workers) throws {
        let width = config.width
        embedding = try Linear(
            weights["patch_embedding"], weightShape: [width, config.inputChannels] + patch.axes, on: workers)
        projection = try Linear(
            weights["proj_out"], from: width, to: config.outputChannels * patch.cells, on: workers)
        marker = patch == config.patch ? nil : try weights.values("marker", shape: [width])
    }

    /// The base's ends, resized to a size that the model was not trained with; it has no marker.
    ///
    /// - Parameter weights: the whole transformer
    init(
        _ weights: WeightScope, resizedTo patch: PatchSize, config: DiTConfig, on workers: Workers
    ) throws {
        let (base, width) = (config.patch, config.width)
        let (resizing, values) = (
            PatchResizing(from: base, to: patch), config.outputChannels * base.cells
        )
        let (into, out) = (weights["patch_embedding"], weights["proj_out"])
        embedding = Linear(
            weight: resizing.embedding(
                try into.values("weight", shape: [width, config.inputChannels] + base.axes)),
            bias: try into.values("bias", shape: [width]), on: workers)
        projection = Linear(
            weight: resizing.projection(try out.values("weight", shape: [values, width])),
            bias: resizing.projection(try out.values("bias", shape: [values])), on: workers)
        marker = nil
    }

    /// Tokens `[L, P]`, the channel outermost, to `[L, C]`.
    package func embed(_ tokens: Tensor) -> Tensor { embedding(tokens) }

    /// `[L, C]` to the velocity of each token, `[L, P]` with the channel innermost.
    package func project(_ x: Tensor) -> Tensor { projection(x) }
}
