import Glibc

/// Memory of large tensors, straight from the system.
///
/// Tensors of a few large sizes come and go in turns while others stay. malloc keeps the holes that this
/// leaves: decoding 17 frames of 256x256 took twice the memory that its tensors fill, and at 128x128, where most have less than a
/// megabyte, 10 to 20 MiB more. A block that comes back
/// here waits for the next tensor of its size, since the system zeroes each page that it gives, or is unmapped. Scratch
/// takes larger blocks too: it comes in many sizes and is given back at once.
///
/// A plan takes and gives back the same blocks, but all of them are one stretch of memory that nobody fills.
struct LargeBlocks {
    /// Smaller tensors are left to malloc.
    static let smallest = 128 << 10

    struct Block: @unchecked Sendable {
        let start: UnsafeMutableRawPointer
        let byteCount: Int
    }

    private let isPlan: Bool
    /// Blocks without a tensor, the one that waits longest first.
    private var waiting: [Block] = []
    /// Of a plan: what stands for every block, the last of them the longest.
    private var stretches: [Block] = []

    init(isPlan: Bool) { self.isPlan = isPlan }

    /// - Parameter isBrief: whether the block comes back before anything else is likely to miss it; it may then be
    ///   larger
    /// - Returns: a page-aligned block with arbitrary content, and whether it has waited
    mutating func take(byteCount: Int, isBrief: Bool) -> (block: Block, waited: Bool) {
        let fitting =
            waiting.lastIndex { $0.byteCount == byteCount } ?? (isBrief ? smallest(of: byteCount) : nil)
        if let fitting { return (waiting.remove(at: fitting), true) }
        return (Block(start: fresh(byteCount), byteCount: byteCount), false)
    }

    /// The smallest block that waits and has so many bytes at least, of several the newest.
    private func smallest(of byteCount: Int) -> Int? {
        waiting.indices.reversed().filter { waiting[$0].byteCount >= byteCount }
            .min { waiting[$0].byteCount < waiting[$1].byteCount }
    }

    private mutating func fresh(_ byteCount: Int) -> UnsafeMutableRawPointer {
        guard isPlan else { return Self.map(byteCount) }
        if let stretch = stretches.last, stretch.byteCount >= byteCount { return stretch.start }
        stretches.append(Block(start: Self.map(byteCount), byteCount: byteCount))
        return stretches[stretches.count - 1].start
    }

    /// A block waits for the next tensor of its size.
    mutating func giveBack(_ block: Block) { waiting.append(block) }

    /// Leaves no more than so many bytes waiting, the newest.
    ///
    /// - Returns: blocks that wait no longer, to be given to ``free(_:)``
    mutating func trim(to byteCount: Int) -> [Block] {
        var total = waiting.reduce(0) { $0 + $1.byteCount }
        let count = waiting.prefix { block in
            defer { total -= block.byteCount }
            return total > byteCount
        }.count
        defer { waiting.removeFirst(count) }
        return Array(waiting.prefix(count))
    }

    func free(_ blocks: [Block]) {
        if !isPlan { Self.unmap(blocks) }
    }

    /// To be called when no tensor holds a block any more.
    func freeAll() { Self.unmap(isPlan ? stretches : waiting) }

    private static func map(_ byteCount: Int) -> UnsafeMutableRawPointer {
        let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
        let start = mmap(nil, byteCount, PROT_READ | PROT_WRITE, flags, -1, 0)
        guard let start, start != UnsafeMutableRawPointer(bitPattern: -1) else {
            preconditionFailure("no memory for a tensor of \(byteCount) bytes")
        }
        return start
    }

    private static func unmap(_ blocks: [Block]) {
        for block in blocks { munmap(block.start, block.byteCount) }
    }
}
