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

/// What becomes of a product: `p`, `gelu(p)`, or `target + p * gate`, with `p = x · weightᵀ + bias`.
struct ProductEnding {
    let finish: Finish
    let bias: UnsafePointer<Float>?
    let gate: UnsafePointer<Float>?
}

enum Finish { case store, gelu, add }

private func compute(
    _ x: ProductRows, _ weight: ProductWeight, _ ending: ProductEnding,
    into target: UnsafeMutablePointer<Float>,
    on workers: Workers
) {
    let operations = 2 * x.count * x.depth * weight.columns
    let kind: WorkKind = weight.isInt8 ? .productInt8 : isFewRows(x.count) ? .fewRows : .product
    let timer = RunScope.begin(kind, operations)
    defer { timer.end() }
    switch (x, weight) {
    case let (.float32(x), .stored(weight)):
        multiplyFloats(x, weight, ending, into: target, on: workers)
    case let (.int8(x), .int8(weight)):
        multiplyInt8(x, weight, ending, into: target, on: workers)
    default:
        preconditionFailure("rows and weight of one product have one format")
    }
}
