/// Memory of one tensor: fp32 values, 64-byte aligned, freed with the last tensor that holds it.
///
/// This is the only place where tensors get their memory from; it stands in the ledger of the run.
final class Storage: @unchecked Sendable {
    let count: Int
    let base: UnsafeMutablePointer<Float>
    /// Nil for a small tensor, whose memory is malloc's.
    private let block: LargeBlocks.Block?
    private let ledger: MemoryLedger
    private var account: MemoryLedger.Account

    init(uninitialized count: Int) {
        let scope = RunScope.current
        (ledger, account) = (scope.ledger, scope.account)
        let capacity = max(1, count)
        let byteCount = Self.byteCount(of: capacity)
        let start: UnsafeMutableRawPointer
        if byteCount < LargeBlocks.smallest {
            start = .allocate(byteCount: byteCount, alignment: 64)
            ledger.takeSmall(byteCount, account)
            block = nil
        } else {
            let block = ledger.takeBlock(byteCount, account)
            start = block.start
            self.block = block
        }
        base = start.bindMemory(to: Float.self, capacity: capacity)
        self.count = count
    }

    deinit {
        if let block { return ledger.giveBack(block, account) }
        UnsafeMutableRawPointer(base).deallocate()
        ledger.giveBack(heldBytes, account)
    }

    /// What stands in the ledger.
    private var heldBytes: Int { block?.byteCount ?? Self.byteCount(of: max(1, count)) }

    /// Whether the memory is there; in a plan large tensors have none of their own.
    var isFilled: Bool { !ledger.isPlan || Self.byteCount(of: count) < LargeBlocks.smallest }

    private static func byteCount(of count: Int) -> Int { count * MemoryLayout<Float>.stride }

    func copy() -> Storage {
        let twin = Storage(uninitialized: count)
        if isFilled { twin.base.update(from: base, count: count) }
        return twin
    }

    /// Enters the memory under another use, with the stage and owner of the scope.
    func charge(to use: MemoryUse) {
        let new = RunScope.with(use: use) { RunScope.current }
        guard new.ledger === ledger else { return }
        ledger.move(heldBytes, from: account, to: new.account)
        account = new.account
    }
}
