/// Raw memory for operands that are laid out for a kernel; 64-byte aligned, not initialised.
///
/// Whoever fills it is the only one who writes to it; afterwards it is only read.
package struct Bytes: @unchecked Sendable {
    package let count: Int
    private let storage: Storage

    package init(uninitialized count: Int) {
        self.count = count
        storage = Storage(
            uninitialized: (count + MemoryLayout<Float>.stride - 1) / MemoryLayout<Float>.stride)
    }

    /// The first byte. The pointer is valid inside `body` only.
    package func withPointer<Result>(_ body: (UnsafeMutableRawPointer) throws -> Result) rethrows -> Result {
        try withExtendedLifetime(storage) { try body(UnsafeMutableRawPointer(storage.base)) }
    }
}
