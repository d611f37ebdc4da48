extension ElementType {
    package var isFloatingPoint: Bool {
        switch self {
        case .float64, .float32, .float16, .bfloat16: true
        case .int64, .int32, .int16, .int8, .uint8, .bool: false
        }
    }
}

extension StoredTensor {
    /// The values as fp32, copied; exact but for fp64, which is rounded. Meant for small tensors such as biases.
    ///
    /// - Precondition: the type is a floating-point one
    package func widened() -> Tensor {
        precondition(type.isFloatingPoint, "\(type.rawValue) cannot be widened")
        var tensor = Tensor(uninitialized: shape)
        tensor.withMutableValues { values in
            switch type {
            case .float64: fill(values, from: UInt64.self) { Float(Double(bitPattern: $0)) }
            case .float32: fill(values, from: UInt32.self) { Float(bitPattern: $0) }
            case .float16: fill(values, from: UInt16.self) { Float(Float16(bitPattern: $0)) }
            default: fill(values, from: UInt16.self) { Float(bitPattern: UInt32($0) << 16) }
            }
        }
        return tensor
    }

    private func fill<Bits: FixedWidthInteger>(
        _ values: UnsafeMutableBufferPointer<Float>, from: Bits.Type, _ value: (Bits) -> Float
    ) {
        for index in values.indices {
            let bits = bytes.loadUnaligned(fromByteOffset: index * MemoryLayout<Bits>.size, as: Bits.self)
            values[index] = value(Bits(littleEndian: bits))
        }
    }
}
