import Glibc
import Synchronization

/// Memory of large tensors, straight from the system.
///
/// Tensors of a few large sizes come and go in turns while others stay. malloc keeps the holes that this
/// leaves: decoding 17 frames of 256x256 took twice the memory that its tensors fill. A block that comes back
/// here is unmapped, or waits for the next tensor of its size, since the system zeroes each page that it
/// gives.
enum LargeBlocks {
    /// Smaller tensors are left to malloc.
    static let smallest = 1 << 20
    /// What may wait at any time, all blocks together.
    private static let waitingBytes = 64 << 20

    private struct Block: @unchecked Sendable {
        let start: UnsafeMutableRawPointer
        let byteCount: Int
    }

    /// Blocks without a tensor, the one that waits longest first.
    private static let waiting = Mutex<[Block]>([])

    /// - Returns: a page-aligned block with arbitrary content
    static func take(byteCount: Int) -> UnsafeMutableRawPointer {
        let block = waiting.withLock { waiting in
            waiting.lastIndex { $0.byteCount == byteCount }.map { waiting.remove(at: $0) }
        }
        if let block { return block.start }
        let start = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let start, start != UnsafeMutableRawPointer(bitPattern: -1) else {
            preconditionFailure("no memory for a tensor of \(byteCount) bytes")
        }
        return start
    }

    static func giveBack(_ start: UnsafeMutableRawPointer, byteCount: Int) {
        let surplus = waiting.withLock { waiting in
            waiting.append(Block(start: start, byteCount: byteCount))
            var total = waiting.reduce(0) { $0 + $1.byteCount }
            let count = waiting.prefix { block in
                defer { total -= block.byteCount }
                return total > waitingBytes
            }.count
            let surplus = Array(waiting.prefix(count))
            waiting.removeFirst(count)
            return surplus
        }
        for block in surplus { munmap(block.start, block.byteCount) }
    }
}
