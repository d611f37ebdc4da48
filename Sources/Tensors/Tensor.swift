/// Dense fp32 array, row-major (the last axis is contiguous).
///
/// A value type: copies share memory until one of them is written to.
package struct Tensor: @unchecked Sendable {
    package private(set) var shape: [Int]
    private var storage: Storage

    /// Memory that the caller fills before reading it.
    package init(uninitialized shape: [Int]) {
        precondition(shape.allSatisfy { $0 >= 0 }, "a shape has no negative axis: \(shape)")
        self.shape = shape
        storage = Storage(uninitialized: shape.reduce(1, *))
    }

    package init(repeating value: Float = 0, shape: [Int]) {
        self.init(uninitialized: shape)
        if isFilled { storage.base.initialize(repeating: value, count: storage.count) }
    }

    package init(_ values: [Float], shape: [Int]) {
        precondition(values.count == shape.reduce(1, *), "\(values.count) values do not fill \(shape)")
        self.init(uninitialized: shape)
        values.withUnsafeBufferPointer { source in
            guard let base = source.baseAddress else { return }
            if isFilled { storage.base.initialize(from: base, count: source.count) }
        }
    }

    package var count: Int { storage.count }

    /// Whether there are values: a plan has none in its large tensors.
    package var isFilled: Bool { storage.isFilled }

    /// Says what the memory is held for from now on.
    package func charged(to use: MemoryUse) -> Tensor {
        storage.charge(to: use)
        return self
    }

    /// The values in row-major order, copied.
    package var values: [Float] { withValues { Array($0) } }

    /// The same values under another shape of the same size; shares memory.
    package func reshaped(to newShape: [Int]) -> Tensor {
        precondition(newShape.reduce(1, *) == count, "\(shape) cannot become \(newShape)")
        var copy = self
        copy.shape = newShape
        return copy
    }

    /// The same values as a file would hold them; shares memory.
    package var stored: StoredTensor {
        // Whoever writes to this tensor afterwards copies it first, because its memory has another owner.
        StoredTensor(
            shape: shape, type: .float32,
            bytes: UnsafeRawBufferPointer(UnsafeBufferPointer(start: storage.base, count: storage.count)),
            owner: storage)
    }

    /// Reads the values. The pointer is valid inside `body` only.
    package func withValues<Result>(_ body: (UnsafeBufferPointer<Float>) throws -> Result) rethrows -> Result
    {
        try withExtendedLifetime(storage) {
            try body(UnsafeBufferPointer(start: storage.base, count: storage.count))
        }
    }

    /// Writes the values, after a copy if another tensor shares them. The pointer is valid inside `body`
    /// only.
    package mutating func withMutableValues<Result>(
        _ body: (UnsafeMutableBufferPointer<Float>) throws -> Result
    ) rethrows -> Result {
        if !isKnownUniquelyReferenced(&storage) { storage = storage.copy() }
        return try withExtendedLifetime(storage) {
            try body(UnsafeMutableBufferPointer(start: storage.base, count: storage.count))
        }
    }

    /// Rows `range` of the first axis, copied.
    package func rows(_ range: Range<Int>) -> Tensor {
        precondition(range.lowerBound >= 0 && range.upperBound <= shape[0], "rows \(range) of \(shape)")
        let rowCount = shape[0] == 0 ? 0 : count / shape[0]
        var part = Tensor(uninitialized: [range.count] + shape.dropFirst())
        guard isFilled else { return part }
        part.withMutableValues { target in
            withValues { source in
                let first = range.lowerBound * rowCount
                _ = target.update(fromContentsOf: source[first..<first + range.count * rowCount])
            }
        }
        return part
    }
}
