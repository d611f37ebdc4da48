package import Checkpoints
package import Kernels
package import Tensors

/// `x · weightᵀ + bias` on each row.
package struct Linear: Sendable {
    private let weight: ProductWeight
    private let bias: Tensor?
    private let workers: Workers

    /// Takes `weight` `[to, from]` and, where it has one, `bias` `[to]`.
    ///
    /// - Parameter precision: what the product is computed in; a weight in half or in 8 bits is made while it is read
    /// - Throws: `CheckpointError` when a tensor is missing or has another shape or a type that is no float
    package init(
        _ weights: WeightScope, from: Int, to: Int, bias: Bool = true, precision: Precision = .float32,
        on workers: Workers
    ) throws {
        try self.init(weights, weightShape: [to, from], bias: bias, precision: precision, on: workers)
    }

    /// The same for a weight whose file shape has more axes, such as a convolution with the stride of its
    /// kernel.
    package init(
        _ weights: WeightScope, weightShape: [Int], bias: Bool = true, precision: Precision = .float32,
        on workers: Workers
    ) throws {
        let stored = try weights.tensor("weight", shape: weightShape)
        self.bias = bias ? try weights.values("bias", shape: [weightShape[0]]) : nil
        weight = ProductWeight(stored, precision: precision, on: workers)
        self.workers = workers
    }

    /// The same for a weight that was computed.
    ///
    /// - Parameters:
    ///   - weight: `[to, ...]`, further axes counting as depth
    ///   - bias: `[to]`
    package init(weight: Tensor, bias: Tensor?, on workers: Workers) {
        self.weight = ProductWeight(weight.stored, precision: .float32, on: workers)
        self.bias = bias
        self.workers = workers
    }

    /// Gives back the memory of a weight that lies in a file; the next product reads it again.
    package func letGo() { weight.letGo(on: workers) }

    /// Asks for a weight that lies in a file to be read meanwhile; does not wait.
    package func prefetch() { weight.prefetch() }

    /// Rows in the format of the weight, for several layers of one precision that see the same rows.
    ///
    /// - Parameter x: `[rows, from]`
    package func prepared(_ x: Tensor) -> ProductRows { weight.rows(of: x, on: workers) }

    /// - Parameter x: `[rows, from]`
    /// - Returns: `[rows, to]`
    package func callAsFunction(_ x: Tensor, activation: Activation = .none) -> Tensor {
        self(prepared(x), activation: activation)
    }

    /// - Parameter x: `[rows, from]`, prepared by a layer of the same precision
    /// - Returns: `[rows, to]`
    package func callAsFunction(_ x: ProductRows, activation: Activation = .none) -> Tensor {
        linear(x, weight, bias: bias, activation: activation, on: workers)
    }

    /// `target[first...] += self(x) * gate`, without a tensor in between.
    ///
    /// - Parameters:
    ///   - x: `[rows, from]`
    ///   - target: `[first + rows or more, to]`
    ///   - gate: `[to]`; nil means 1
    package func add(_ x: Tensor, to target: inout Tensor, fromRow first: Int = 0, gatedBy gate: Tensor?) {
        target.addProduct(
            of: prepared(x), weight, bias: bias, gate: gate, fromRow: first, on: workers)
    }
}
