package import Tensors

/// The right side of a product, in the format that it is computed in.
package enum ProductWeight: Sendable {
    /// As it lies in the file; computed in fp32.
    case stored(StoredTensor)
    case int8(QuantizedWeight)

    /// - Parameter weight: `[columns, depth]` (further axes count as depth), any floating-point type
    package init(_ weight: StoredTensor, precision: Precision, on workers: Workers) {
        precondition(weight.type.isFloatingPoint, "\(weight.type.rawValue) is no weight")
        self =
            switch precision {
            case .float32: .stored(weight)
            case .int8: .int8(QuantizedWeight(weight, on: workers))
            }
    }

    /// Gives back the memory of what lies in a file; the next product reads it again.
    package func letGo() {
        if case let .stored(weight) = self { weight.letGo() }
    }

    /// Asks for what lies in a file to be read meanwhile; does not wait.
    package func prefetch() {
        if case let .stored(weight) = self { weight.prefetch() }
    }

    package var columns: Int {
        switch self {
        case let .stored(weight): weight.shape[0]
        case let .int8(weight): weight.columns
        }
    }

    /// What products with this weight take; made once where several weights of one format share it.
    ///
    /// - Parameter x: `[rows, depth]`
    package func rows(of x: Tensor, on workers: Workers) -> ProductRows {
        switch self {
        case .stored: .float32(x)
        case .int8: .int8(QuantizedRows(x, on: workers))
        }
    }
}

/// The left side of a product, in the format of its weight.
package enum ProductRows: Sendable {
    case float32(Tensor)
    case int8(QuantizedRows)

    package var count: Int {
        switch self {
        case let .float32(x): x.shape[0]
        case let .int8(x): x.rows
        }
    }
}

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
    switch (x, weight) {
    case let (.float32(x), .stored(weight)):
        multiplyFloats(x, weight, ending, into: target, on: workers)
    case let (.int8(x), .int8(weight)):
        multiplyInt8(x, weight, ending, into: target, on: workers)
    default:
        preconditionFailure("rows and weight of one product have one format")
    }
}
