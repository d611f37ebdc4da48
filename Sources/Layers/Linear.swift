package import Checkpoints
internal import Kernels
package import Tensors

/// `x · weightᵀ + bias` on each row.
package struct Linear: Sendable {
    private let weight: StoredTensor
    private let bias: Tensor?
    private let workers: Workers

    /// Takes `weight` `[to, from]` and, where it has one, `bias` `[to]`.
    ///
    /// - Throws: `CheckpointError` when a tensor is missing or has another shape or a type that is no float
    package init(_ weights: WeightScope, from: Int, to: Int, bias: Bool = true, on workers: Workers) throws {
        try self.init(weights, weightShape: [to, from], bias: bias, on: workers)
    }

    /// The same for a weight whose file shape has more axes, such as a convolution with the stride of its
    /// kernel.
    package init(_ weights: WeightScope, weightShape: [Int], bias: Bool = true, on workers: Workers) throws {
        weight = try weights.tensor("weight", shape: weightShape)
        self.bias = bias ? try weights.values("bias", shape: [weightShape[0]]) : nil
        self.workers = workers
    }

    /// - Parameter x: `[rows, from]`
    /// - Returns: `[rows, to]`
    package func callAsFunction(_ x: Tensor) -> Tensor { linear(x, weight, bias: bias, on: workers) }
}
