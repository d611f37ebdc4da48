internal import CKernels
package import Tensors

/// What a product goes through on its way to memory.
package enum Activation: Sendable {
    case none
    /// In its tanh form.
    case gelu
}

/// `activation(x · weightᵀ + bias)`, the product that a linear layer computes.
///
/// - Parameters:
///   - x: `[rows, depth]`, in the weight's format
///   - bias: `[columns]`
/// - Returns: `[rows, columns]`
package func linear(
    _ x: ProductRows, _ weight: ProductWeight, bias: Tensor?, activation: Activation = .none,
    on workers: Workers
) -> Tensor {
    var result = Tensor(uninitialized: [x.count, weight.columns])
    result.write { target in
        let finish: Finish = activation == .gelu ? .gelu : .store
        withOptional(bias) { bias in
            let ending = ProductEnding(finish: finish, bias: bias.pointer, gate: nil)
            compute(x, weight, ending, into: target.pointer, on: workers)
        }
    }
    return result
}

extension Tensor {
    /// `self[first...] += (x · weightᵀ + bias) * gate`
    ///
    /// - Parameters:
    ///   - x: `[rows, depth]`, in the weight's format
    ///   - first: row of self that the first row of the product is added to
    ///   - bias: `[columns]`
    ///   - gate: `[columns]`; nil means 1
    package mutating func addProduct(
        of x: ProductRows, _ weight: ProductWeight, bias: Tensor?, gate: Tensor?, fromRow first: Int = 0,
        on workers: Workers
    ) {
        precondition(width == weight.columns && first + x.count <= shape[0], "rows at \(first) of \(shape)")
        let start = first * width
        write { target in
            withOptional(bias) { bias in
                withOptional(gate) { gate in
                    let ending = ProductEnding(finish: .add, bias: bias.pointer, gate: gate.pointer)
                    compute(x, weight, ending, into: target.pointer + start, on: workers)
                }
            }
        }
    }
}

private func kind(of x: ProductRows) -> WorkKind {
    switch x {
    case .float32: isFewRows(x.count) ? .fewRows : .product
    case .float16: .productFloat16
    case .int8: .productInt8
    }
}

/// What becomes of a product: `p`, `gelu(p)`, or `target + p * gate`, with `p = x · weightᵀ + bias`.
package struct ProductEnding {
    let finish: Finish
    let bias: UnsafePointer<Float>?
    let gate: UnsafePointer<Float>?

    package init(finish: Finish, bias: UnsafePointer<Float>?, gate: UnsafePointer<Float>?) {
        self.finish = finish
        self.bias = bias
        self.gate = gate
    }

    /// As the kernels take it.
    ///
    /// - Parameter stride: values from one row of the result to the next
    func into(_ target: UnsafeMutablePointer<Float>, stride: Int) -> ckernels_product_ending {
        ckernels_product_ending(result: target, stride: stride, bias: bias, gate: gate, finish: finish.code)
    }
}

package enum Finish {
    case store, gelu, add

    fileprivate var code: Int32 {
        switch self {
        case .store: Int32(CKERNELS_FINISH_STORE)
        case .gelu: Int32(CKERNELS_FINISH_GELU)
        case .add: Int32(CKERNELS_FINISH_ADD)
        }
    }
}

private func compute(
    _ x: ProductRows, _ weight: ProductWeight, _ ending: ProductEnding,
    into target: UnsafeMutablePointer<Float>,
    on workers: Workers
) {
    let operations = 2 * x.count * x.depth * weight.columns
    let timer = RunScope.begin(kind(of: x), operations)
    defer { timer.end() }
    switch (x, weight) {
    case let (.float32(x), .stored(weight)):
        multiplyFloats(x, weight, ending, into: target, on: workers)
    case let (.float16(x), .float16(weight)):
        multiplyHalves(x, weight, ending, into: target, on: workers)
    case let (.int8(x), .int8(weight)):
        multiplyInt8(x, weight, ending, into: target, on: workers)
    default:
        preconditionFailure("rows and weight of one product have one format")
    }
}
