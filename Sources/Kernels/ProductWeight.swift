package import Tensors

/// The right side of a product, in the format that it is computed in.
package enum ProductWeight: Sendable {
    /// As it lies in the file; computed in fp32.
    case stored(StoredTensor)
    case float16(HalfWeight)
    case int8(QuantizedWeight)

    /// - Parameter weight: `[columns, depth]` (further axes count as depth), any floating-point type
    package init(_ weight: StoredTensor, precision: Precision, on workers: Workers) {
        precondition(weight.type.isFloatingPoint, "\(weight.type.rawValue) is no weight")
        self =
            switch precision {
            case .float32: .stored(weight)
            case .float16: .float16(HalfWeight(weight, on: workers))
            case .int8: .int8(QuantizedWeight(weight, on: workers))
            }
    }

    /// Gives back the memory of what lies in a file; the next product reads it again.
    package func letGo(on workers: Workers) {
        if case let .stored(weight) = self { weight.letGo(on: workers) }
    }

    /// Asks for what lies in a file to be read meanwhile; does not wait.
    package func prefetch() {
        if case let .stored(weight) = self { weight.prefetch() }
    }

    package var columns: Int {
        switch self {
        case let .stored(weight): weight.shape[0]
        case let .float16(weight): weight.columns
        case let .int8(weight): weight.columns
        }
    }

    /// What products with this weight take; made once where several weights of one format share it.
    ///
    /// - Parameter x: `[rows, depth]`
    package func rows(of x: Tensor, on workers: Workers) -> ProductRows {
        switch self {
        case .stored: .float32(x)
        case .float16: .float16(HalfRows(x, on: workers))
        case .int8: .int8(QuantizedRows(x, on: workers))
        }
    }
}

/// The left side of a product, in the format of its weight.
package enum ProductRows: Sendable {
    case float32(Tensor)
    case float16(HalfRows)
    case int8(QuantizedRows)

    package var count: Int {
        switch self {
        case let .float32(x): x.shape[0]
        case let .float16(x): x.values.shape[0]
        case let .int8(x): x.rows
        }
    }

    var depth: Int {
        switch self {
        case let .float32(x): x.width
        case let .float16(x): x.values.width
        case let .int8(x): x.depth
        }
    }
}
