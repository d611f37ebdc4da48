package import Tensors

/// Makes the ends of one patch size out of those of another, for models that were not trained with it.
///
/// With `B` the matrix that resizes a patch of the base to the other size, a token sees `B⁺` of its patch, and its
/// velocity is `B` of what the base would give. So a patch that is a resized one gives the token of that one. In
/// three axes `B` is a Kronecker product, whose pseudo-inverse is that of its factors: each axis goes by itself.
///
/// - Source: Beyer et al., "FlexiViT", arXiv 2212.08013, section 3.4, "PI-resize": `ŵ = (Bᵀ)⁺ w`; the way out is ours
package struct PatchResizing: Sendable {
    private let axes: [ResizeMatrix]

    package init(from base: PatchSize, to patch: PatchSize) {
        axes = zip(base.axes, patch.axes).map { ResizeMatrix(from: $0, to: $1) }
    }

    /// The kernel of a patch embedding, `(B⁺)ᵀ w`.
    ///
    /// - Parameter weight: `[C, channels, t, h, w]` of the base
    /// - Returns: the same of the other size
    package func embedding(_ weight: Tensor) -> Tensor {
        resized(weight, by: axes.map(\.pseudoInverse.transposed), from: 2)
    }

    /// Weight or bias of the way out, `B w`.
    ///
    /// - Parameter weight: `[cells · channels, ...]` of the base, the channel innermost
    /// - Returns: the same of the other size
    package func projection(_ weight: Tensor) -> Tensor {
        let sides = axes.map(\.columns)
        let channels = weight.shape[0] / sides.reduce(1, *)
        let further = Array(weight.shape.dropFirst())
        let resized = resized(weight.reshaped(to: sides + [channels] + further), by: axes, from: 0)
        return resized.reshaped(to: [axes.map(\.rows).reduce(1, *) * channels] + further)
    }

    /// Each matrix along one axis of a tensor, the first along the axis `first`.
    private func resized(_ tensor: Tensor, by matrices: [ResizeMatrix], from first: Int) -> Tensor {
        var shape = tensor.shape
        var values = tensor.values.map(Double.init)
        for (axis, matrix) in zip(first..., matrices) {
            values = matrix.product(along: values, inner: shape[(axis + 1)...].reduce(1, *))
            shape[axis] = matrix.rows
        }
        return Tensor(values.map { Float($0) }, shape: shape)
    }
}
