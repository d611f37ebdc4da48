import Synchronization

/// Which parts of a mapped file are in memory, for the ledger: those that were read and not let go since.
package final class MappedPages: Sendable {
    private struct Part {
        let byteCount: Int
        let ledger: MemoryLedger
        let account: MemoryLedger.Account
    }

    /// By the address of their first byte.
    private let parts = Mutex<[UInt: Part]>([:])

    package init() {}

    deinit { parts.withLock { $0.values.forEach(Self.giveBack) } }

    /// - Returns: whether they were not in memory before
    package func willRead(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count > 0 else { return false }
        let place = UInt(bitPattern: bytes.baseAddress)
        guard parts.withLock({ $0[place] == nil }) else { return false }
        let scope = RunScope.with(use: .mapped) { RunScope.current }
        let part = Part(byteCount: bytes.count, ledger: scope.ledger, account: scope.account)
        let isNew = parts.withLock { parts in
            guard parts[place] == nil else { return false }
            parts[place] = part
            return true
        }
        if isNew { scope.ledger.take(bytes.count, scope.account) }
        return isNew
    }

    package func letGo(_ bytes: UnsafeRawBufferPointer) {
        let part = parts.withLock { $0.removeValue(forKey: UInt(bitPattern: bytes.baseAddress)) }
        part.map(Self.giveBack)
    }

    private static func giveBack(_ part: Part) { part.ledger.giveBack(part.byteCount, part.account) }
}
