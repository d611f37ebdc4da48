import Synchronization

/// The books of one run: every byte that tensors hold and every product that is computed, by stage, part and use.
///
/// A ledger that is a plan has the same entries without the memory: large tensors share one stretch that nobody fills,
/// ``Workers`` leave their tasks out, and what a run would hold and compute is known in an instant.
package final class MemoryLedger: Sendable {
    /// Number of a label in the books.
    typealias Account = Int

    package let isPlan: Bool
    /// Whether each change and each span of work is kept, with its time.
    package let keepsTimeline: Bool
    private let waitingBytes: Int
    package let start = ContinuousClock.now
    private let state: Mutex<State>

    fileprivate struct State {
        var blocks: LargeBlocks
        var accounts: [MemoryLabel: Account] = [:]
        var labels: [MemoryLabel] = []
        /// Bytes of each account now.
        var live: [Int] = []
        var total = 0
        /// The most that was held at once in this stage, blocks that wait not included.
        var highWater = 0
        /// What may wait beyond that, in this stage.
        var waitingBytes: Int
        var counts = AllocationCounts()
        var stages: [String: Peak] = [:]
        /// Of each account and kind, the kinds of one account side by side.
        var work: [Work] = []
        var recording: LedgerRecording?
        let start: ContinuousClock.Instant
    }

    /// The most of a stage.
    fileprivate struct Peak {
        /// Blocks that wait included.
        var bytes = 0
        /// Without them.
        var held = 0
        /// Of each account when most was held, as far as there were accounts.
        var live: [Int] = []
    }

    fileprivate struct Work {
        var calls = 0
        var operations = 0
        var seconds = 0.0
    }

    /// - Parameters:
    ///   - isPlan: whether nothing is to be held or computed
    ///   - keepsTimeline: whether each change and each span of work is kept with its time
    ///   - waitingBytes: by how much freed memory that waits for tensors may raise the peak of a stage
    package init(isPlan: Bool = false, waitingBytes: Int = 64 << 20, keepsTimeline: Bool = false) {
        self.isPlan = isPlan
        self.keepsTimeline = keepsTimeline
        self.waitingBytes = waitingBytes
        var state = State(
            blocks: LargeBlocks(isPlan: isPlan), waitingBytes: waitingBytes, start: start)
        if keepsTimeline { state.recording = LedgerRecording() }
        state.open(MemoryLabel(stage: "", owner: "", use: .waiting))
        self.state = Mutex(state)
    }

    deinit { state.withLock { $0.blocks.freeAll() } }

    /// Of freed blocks.
    fileprivate static let waiting: Account = 0

    func account(of label: MemoryLabel) -> Account {
        state.withLock { $0.accounts[label] ?? $0.open(label) }
    }

    /// Enters bytes that are held from now on.
    func take(_ byteCount: Int, _ account: Account) {
        state.withLock { $0.change(account, by: byteCount) }
    }

    func giveBack(_ byteCount: Int, _ account: Account) {
        state.withLock { $0.change(account, by: -byteCount) }
    }

    /// Enters bytes under another label than before.
    func move(_ byteCount: Int, from account: Account, to other: Account) {
        state.withLock {
            $0.change(account, by: -byteCount)
            $0.change(other, by: byteCount)
        }
    }

    /// Enters a tensor of fewer than ``LargeBlocks/smallest`` bytes, which malloc keeps.
    func takeSmall(_ byteCount: Int, _ account: Account) {
        state.withLock { state in
            state.counts.allocations += 1
            state.change(account, by: byteCount)
        }
    }

    /// A block of at least ``LargeBlocks/smallest`` bytes, and of at least those that are asked for.
    func takeBlock(_ byteCount: Int, _ account: Account) -> LargeBlocks.Block {
        let (block, blocks, surplus) = state.withLock { state in
            // Where nothing may raise the peak, a block larger than what is asked for could be what does.
            let isBrief = state.waitingBytes > 0 && state.labels[account].use.isBrief
            let (block, waited) = state.blocks.take(byteCount: byteCount, isBrief: isBrief)
            state.counts.allocations += 1
            if waited {
                state.change(Self.waiting, by: -block.byteCount)
            } else {
                state.counts.freshBytes += block.byteCount
            }
            let surplus = state.trim(before: block.byteCount)
            state.change(account, by: block.byteCount)
            return (block, state.blocks, surplus)
        }
        blocks.free(surplus)
        return block
    }

    func giveBack(_ block: LargeBlocks.Block, _ account: Account) {
        let (blocks, surplus) = state.withLock { state in
            state.blocks.giveBack(block)
            state.change(account, by: -block.byteCount)
            state.change(Self.waiting, by: block.byteCount)
            return (state.blocks, state.trim())
        }
        blocks.free(surplus)
    }

    /// Gives the system back what waits for tensors: sizes change from stage to stage, and so does the peak.
    package func beginStage() {
        let (blocks, surplus) = state.withLock { state in
            let surplus = state.blocks.trim(to: 0)
            state.change(Self.waiting, by: -surplus.reduce(0) { $0 + $1.byteCount })
            (state.highWater, state.waitingBytes) = (0, waitingBytes)
            return (state.blocks, surplus)
        }
        blocks.free(surplus)
    }

    /// Lets freed memory raise the peak of this stage by so much at the most, for a stage that would rather hold less.
    package func limitWaiting(to byteCount: Int) {
        state.withLock { $0.waitingBytes = min($0.waitingBytes, byteCount) }
    }

    func note(_ kind: WorkKind, _ operations: Int, seconds: Double, at account: Account) {
        let place = account * WorkKind.allCases.count + kind.number
        state.withLock { state in
            state.work[place].calls += 1
            state.work[place].operations += operations
            state.work[place].seconds += seconds
        }
    }

    /// Bytes held now.
    package var liveBytes: Int { state.withLock { $0.total } }

    /// The same without blocks that wait for a tensor.
    package var heldBytes: Int { state.withLock { $0.held } }

    /// How often memory was asked for until now.
    package var counts: AllocationCounts { state.withLock { $0.counts } }

    /// What the books say now.
    package var report: LedgerReport {
        state.withLock { state in
            LedgerReport(
                stages: state.stages.map { name, peak in
                    LedgerReport.StagePeak(
                        name: name, peakBytes: peak.bytes, atPeak: state.entries(at: peak))
                },
                work: state.workEntries)
        }
    }

    func withRecording<Result: Sendable>(
        _ body: @Sendable (LedgerRecording, [MemoryLabel]) -> Result
    ) -> Result? {
        state.withLock { state in state.recording.map { body($0, state.labels) } }
    }

    func changeRecording(_ body: (inout LedgerRecording) -> Void) {
        state.withLock { state in
            guard var recording = state.recording.take() else { return }
            body(&recording)
            state.recording = recording
        }
    }
}

extension MemoryLedger.State {
    @discardableResult
    fileprivate mutating func open(_ label: MemoryLabel) -> MemoryLedger.Account {
        accounts[label] = labels.count
        labels.append(label)
        live.append(0)
        work += WorkKind.allCases.map { _ in MemoryLedger.Work() }
        return labels.count - 1
    }

    /// What was held by each label; blocks that wait are what the peak is above it, though they may have been most at
    /// another moment.
    fileprivate func entries(at peak: MemoryLedger.Peak) -> [LedgerReport.Entry] {
        var live = peak.live
        if !live.isEmpty { live[MemoryLedger.waiting] = peak.bytes - peak.held }
        return zip(labels, live).filter { $0.1 != 0 }.map { LedgerReport.Entry(label: $0.0, bytes: $0.1) }
    }

    fileprivate var workEntries: [LedgerReport.Work] {
        labels.indices.flatMap { account in
            WorkKind.allCases.compactMap { kind in
                let work = work[account * WorkKind.allCases.count + kind.number]
                guard work.calls > 0 else { return nil }
                return LedgerReport.Work(
                    stage: labels[account].stage, owner: labels[account].owner, kind: kind, calls: work.calls,
                    operations: work.operations, seconds: work.seconds)
            }
        }
    }

    /// Bytes without those of blocks that wait.
    fileprivate var held: Int { total - live[MemoryLedger.waiting] }

    /// Lets blocks wait as far as the stage's peak leaves room, so that they raise it by ``waitingBytes`` at the most.
    ///
    /// - Parameter byteCount: bytes that are about to be taken
    fileprivate mutating func trim(before byteCount: Int = 0) -> [LargeBlocks.Block] {
        let needed = held + byteCount
        let surplus = blocks.trim(to: max(0, highWater - needed) + waitingBytes)
        change(MemoryLedger.waiting, by: -surplus.reduce(0) { $0 + $1.byteCount })
        return surplus
    }

    fileprivate mutating func change(_ account: MemoryLedger.Account, by byteCount: Int) {
        live[account] += byteCount
        total += byteCount
        highWater = max(highWater, held)
        let stage = labels[account].stage
        if recording != nil {
            let change = LedgerRecording.Change(
                nanoseconds: start.nanoseconds(to: .now), bytes: live[account], label: Int32(account))
            recording?.enter(change)
        }
        let peak = stages[stage] ?? MemoryLedger.Peak()
        guard byteCount > 0, total > peak.bytes || held > peak.held else { return }
        let isHeldMost = held > peak.held
        stages[stage] = MemoryLedger.Peak(
            bytes: max(total, peak.bytes), held: max(held, peak.held), live: isHeldMost ? live : peak.live)
    }
}
