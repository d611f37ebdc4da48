package import Checkpoints
internal import Kernels
package import Tensors

/// Layer norm over the last axis, with or without a learned scale and shift.
package struct LayerNorm: Sendable {
    private let epsilon: Float
    private let weight: Tensor?
    private let bias: Tensor?
    private let workers: Workers

    /// Without learned values, for norms that are modulated afterwards.
    package init(epsilon: Float, on workers: Workers) {
        self.epsilon = epsilon
        weight = nil
        bias = nil
        self.workers = workers
    }

    /// Takes `weight` and `bias`, both `[width]`.
    package init(_ weights: WeightScope, width: Int, epsilon: Float, on workers: Workers) throws {
        self.epsilon = epsilon
        weight = try weights.values("weight", shape: [width])
        bias = try weights.values("bias", shape: [width])
        self.workers = workers
    }

    package func callAsFunction(_ x: Tensor) -> Tensor {
        layerNorm(x, epsilon: epsilon, scale: weight, shift: bias, on: workers)
    }

    /// `norm(x) * scale + shift` in one pass; both `[width]`, the same for every row.
    package func callAsFunction(_ x: Tensor, scale: Tensor, shift: Tensor) -> Tensor {
        precondition(weight == nil, "a norm with learned values is not modulated")
        return layerNorm(x, epsilon: epsilon, scale: scale, shift: shift, on: workers)
    }
}

/// `x / sqrt(mean(x²) + epsilon) * weight` over the last axis.
package struct RMSNorm: Sendable {
    private let epsilon: Float
    private let weight: Tensor
    private let workers: Workers

    /// Takes `weight` `[width]`.
    package init(_ weights: WeightScope, width: Int, epsilon: Float, on workers: Workers) throws {
        self.epsilon = epsilon
        weight = try weights.values("weight", shape: [width])
        self.workers = workers
    }

    package func callAsFunction(_ x: Tensor) -> Tensor {
        rmsNorm(x, epsilon: epsilon, weight: weight, on: workers)
    }
}
