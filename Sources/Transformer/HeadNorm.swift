internal import Checkpoints
internal import Layers
package import Tensors

/// The last norm, scaled and shifted by the time; the projection behind it belongs to the patch size.
package struct HeadNorm: Sendable {
    private let norm: LayerNorm
    private let table: Tensor  // [2, C]

    /// - Parameter weights: the scope of the whole transformer; the head has none of its own
    init(_ weights: WeightScope, config: DiTConfig, on workers: Workers) throws {
        norm = LayerNorm(epsilon: config.epsilon, on: workers)
        table = try weights.values("scale_shift_table", shape: [1, 2, config.width])
            .reshaped(to: [2, config.width])
    }

    /// - Parameters:
    ///   - x: `[L, C]`
    ///   - time: `[C]`, the embedding itself and not its projection
    /// - Returns: `[L, C]`
    package func callAsFunction(_ x: Tensor, at time: Tensor) -> Tensor {
        let row = time.reshaped(to: [1, time.count])
        return norm(x, by: Modulation(Tensor.sum([(1, table), (1, Tensor.concatenated([row, row]))])))
    }
}
