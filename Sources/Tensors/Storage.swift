/// Memory of one tensor: fp32 values, 64-byte aligned, freed with the last tensor that holds it.
///
/// This is the only place where tensors get their memory from.
final class Storage: @unchecked Sendable {
    let count: Int
    let base: UnsafeMutablePointer<Float>

    init(uninitialized count: Int) {
        let capacity = max(1, count)
        let byteCount = Self.byteCount(of: capacity)
        let start =
            byteCount < LargeBlocks.smallest
            ? .allocate(byteCount: byteCount, alignment: 64) : LargeBlocks.take(byteCount: byteCount)
        base = start.bindMemory(to: Float.self, capacity: capacity)
        self.count = count
    }

    deinit {
        let (start, byteCount) = (UnsafeMutableRawPointer(base), Self.byteCount(of: max(1, count)))
        if byteCount < LargeBlocks.smallest {
            start.deallocate()
        } else {
            LargeBlocks.giveBack(start, byteCount: byteCount)
        }
    }

    private static func byteCount(of count: Int) -> Int { count * MemoryLayout<Float>.stride }

    func copy() -> Storage {
        let twin = Storage(uninitialized: count)
        twin.base.update(from: base, count: count)
        return twin
    }
}
