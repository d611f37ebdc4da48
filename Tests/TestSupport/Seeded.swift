package import Tensors

/// Values in -1 ..< 1 that depend on the seed alone; a simple generator, so that tests need no other code to
/// be right.
package func seeded(_ shape: [Int], seed: UInt64 = 1) -> Tensor {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    let values = (0..<shape.reduce(1, *)).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Float(state >> 40) * 0x1p-23 - 1
    }
    return Tensor(values, shape: shape)
}

/// A tensor as a file would hold it, in the given type: bf16 and fp16 values are rounded to nearest.
package func stored(_ tensor: Tensor, as type: ElementType) -> StoredTensor {
    let bytes: [UInt8] = tensor.values.flatMap { value -> [UInt8] in
        switch type {
        case .bfloat16: littleEndian(UInt16(truncatingIfNeeded: (value.bitPattern &+ 0x8000) >> 16))
        case .float16: littleEndian(halfBits(of: value))
        default: littleEndian(value.bitPattern)
        }
    }
    let owner = ByteOwner(bytes)
    return StoredTensor(
        shape: tensor.shape, type: type, bytes: UnsafeRawBufferPointer(owner.memory), owner: owner)
}

private func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
}

/// Normal numbers and zero only, which is what ``seeded(_:seed:)`` makes.
private func halfBits(of value: Float) -> UInt16 {
    let sign = UInt16(value.bitPattern >> 16) & 0x8000
    let rounded = (value.bitPattern & 0x7FFF_FFFF) &+ 0x1000
    guard rounded >= 113 << 23 else { return sign }
    return sign | UInt16(truncatingIfNeeded: (rounded &- 112 << 23) >> 13)
}

private final class ByteOwner {
    let memory: UnsafeMutableRawBufferPointer

    init(_ bytes: [UInt8]) {
        memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, bytes.count), alignment: 64)
        memory.copyBytes(from: bytes)
    }

    deinit { memory.deallocate() }
}
