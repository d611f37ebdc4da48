/// Memory for kernels that are called directly.
final class Block<Value> {
    let start: UnsafeMutablePointer<Value>

    init(_ values: [Value]) {
        start = .allocate(capacity: max(1, values.count))
        start.initialize(from: values, count: values.count)
    }

    /// So many zeros.
    convenience init(_ count: Int) where Value: Numeric { self.init([Value](repeating: 0, count: count)) }

    deinit { start.deallocate() }
}
