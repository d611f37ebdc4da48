/// Memory of one tensor: fp32 values, 64-byte aligned, freed with the last tensor that holds it.
///
/// This is the only place where tensors get their memory from.
final class Storage: @unchecked Sendable {
    let count: Int
    let base: UnsafeMutablePointer<Float>

    init(uninitialized count: Int) {
        let bytes = max(1, count) * MemoryLayout<Float>.stride
        base = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
            .bindMemory(to: Float.self, capacity: max(1, count))
        self.count = count
    }

    deinit { UnsafeMutableRawPointer(base).deallocate() }

    func copy() -> Storage {
        let twin = Storage(uninitialized: count)
        twin.base.update(from: base, count: count)
        return twin
    }
}
