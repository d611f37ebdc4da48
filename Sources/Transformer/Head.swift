internal import Checkpoints
internal import Layers
package import Tensors

/// The way out: from the model's width to the values of a patch.
package struct Head: Sendable {
    private let norm: LayerNorm
    private let table: Tensor  // [2, C]
    private let projection: Linear

    /// - Parameter weights: the scope of the whole transformer; the head has none of its own
    init(_ weights: WeightScope, config: DiTConfig, on workers: Workers) throws {
        let width = config.width
        norm = LayerNorm(epsilon: config.epsilon, on: workers)
        table = try weights.values("scale_shift_table", shape: [1, 2, width]).reshaped(to: [2, width])
        projection = try Linear(weights["proj_out"], from: width, to: config.outputTokenWidth, on: workers)
    }

    /// - Parameters:
    ///   - x: `[L, C]`
    ///   - time: `[C]`, the embedding itself and not its projection
    /// - Returns: `[L, P]`
    package func callAsFunction(_ x: Tensor, at time: Tensor) -> Tensor { projection(normed(x, at: time)) }

    package func normed(_ x: Tensor, at time: Tensor) -> Tensor {
        let row = time.reshaped(to: [1, time.count])
        return norm(x, by: Modulation(Tensor.sum([(1, table), (1, Tensor.concatenated([row, row]))])))
    }
}
