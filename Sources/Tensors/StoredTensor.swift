/// Number format of a tensor in a file.
package enum ElementType: String, Sendable, CaseIterable {
    case float64 = "F64"
    case float32 = "F32"
    case float16 = "F16"
    case bfloat16 = "BF16"
    case int64 = "I64"
    case int32 = "I32"
    case int16 = "I16"
    case int8 = "I8"
    case uint8 = "U8"
    case bool = "BOOL"

    package var byteCount: Int {
        switch self {
        case .float64, .int64: 8
        case .float32, .int32: 4
        case .float16, .bfloat16, .int16: 2
        case .int8, .uint8, .bool: 1
        }
    }
}

/// Tensor as it lies in a file: its bytes are mapped, not read, until something touches them.
///
/// `bytes` is valid as long as this value (it holds the mapping's owner) and may lie at any alignment.
package struct StoredTensor: @unchecked Sendable {
    package let shape: [Int]
    package let type: ElementType
    package let bytes: UnsafeRawBufferPointer
    private let owner: AnyObject

    /// - Precondition: `bytes` holds exactly `shape` times `type`, checked by whoever read the file.
    package init(shape: [Int], type: ElementType, bytes: UnsafeRawBufferPointer, owner: AnyObject) {
        precondition(bytes.count == shape.reduce(1, *) * type.byteCount, "bytes do not fill \(shape)")
        self.shape = shape
        self.type = type
        self.bytes = bytes
        self.owner = owner
    }

    package var count: Int { shape.reduce(1, *) }

    /// Says that the values are about to be read, which brings them into memory.
    /// - Returns: whether they come from a file and were not in memory before
    @discardableResult
    package func willRead() -> Bool { (owner as? any PageOwner)?.willRead(bytes) ?? false }

    /// Brings some values into memory now, and waits for it: an address can be asked for ahead of its use only from then on.
    package func bring(_ values: Range<Int>) {
        let part = values.lowerBound * type.byteCount..<values.upperBound * type.byteCount
        (owner as? any PageOwner)?.bring(UnsafeRawBufferPointer(rebasing: bytes[part]))
    }

    /// Gives back the memory that reading has filled; the next reader brings it from the file again.
    package func letGo(on workers: Workers) { (owner as? any PageOwner)?.letGo(bytes, on: workers) }

    /// Asks for the values to be read from the file meanwhile; does not wait.
    package func prefetch() { (owner as? any PageOwner)?.prefetch(bytes) }
}

/// Holder of memory whose content stands in a file too.
package protocol PageOwner: AnyObject {
    /// - Parameter bytes: part of the holder's memory
    /// - Returns: whether it was not in memory before
    func willRead(_ bytes: UnsafeRawBufferPointer) -> Bool

    /// - Parameter bytes: part of the holder's memory
    func bring(_ bytes: UnsafeRawBufferPointer)

    /// - Parameter bytes: part of the holder's memory
    func letGo(_ bytes: UnsafeRawBufferPointer, on workers: Workers)

    /// - Parameter bytes: part of the holder's memory
    func prefetch(_ bytes: UnsafeRawBufferPointer)
}
