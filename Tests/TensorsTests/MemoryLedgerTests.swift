import Synchronization
import Tensors
import Testing

@Suite struct MemoryLedgerTests {
    private static let mebibyte = 1 << 20

    /// Bytes of each use when the stage held most.
    private func atPeak(_ ledger: MemoryLedger, _ stage: String) -> [MemoryUse: Int] {
        let entries = ledger.report.stages.first { $0.name == stage }?.atPeak ?? []
        return Dictionary(entries.map { ($0.label.use, $0.bytes) }, uniquingKeysWith: +)
    }

    @Test(arguments: [true, false]) func thePeakIsTheMostThatWasHeldAtOnce(isPlan: Bool) {
        let ledger = MemoryLedger(isPlan: isPlan, waitingBytes: 0)
        RunScope.of(ledger) {
            RunScope.with(stage: "one") {
                let kept = RunScope.with(use: .weights) { Tensor(uninitialized: [2 << 18]) }
                for count in [1 << 18, 3 << 18] { _ = Tensor(uninitialized: [count]) }
                #expect(kept.count == 2 << 18)
            }
            ledger.beginStage()
            RunScope.with(stage: "two") { _ = Tensor(uninitialized: [1 << 18]) }
        }
        ledger.beginStage()
        #expect(atPeak(ledger, "one") == [.weights: 2 * Self.mebibyte, .activations: 3 * Self.mebibyte])
        #expect(atPeak(ledger, "two") == [.activations: Self.mebibyte])
        #expect(ledger.report.peakBytes == 5 * Self.mebibyte)
        #expect(ledger.liveBytes == 0)
    }

    @Test(arguments: [true, false]) func blocksWaitAsFarAsTheyDoNotRaiseThePeak(isPlan: Bool) {
        let ledger = MemoryLedger(isPlan: isPlan, waitingBytes: 0)
        RunScope.of(ledger) {
            for count in [1 << 18, 2 << 18] { _ = Tensor(uninitialized: [count]) }
            // The first block had to go for the second.
            #expect(ledger.liveBytes == 2 * Self.mebibyte)
            let (one, two) = (Tensor(uninitialized: [2 << 18]), Tensor(uninitialized: [1 << 18]))
            #expect(ledger.liveBytes == 3 * Self.mebibyte && one.count > two.count)
        }
        #expect(ledger.liveBytes == 3 * Self.mebibyte)
        RunScope.of(ledger) { _ = Tensor(uninitialized: [3 << 18]) }
        #expect(ledger.report.peakBytes == 3 * Self.mebibyte && ledger.liveBytes == 3 * Self.mebibyte)
        ledger.beginStage()
        #expect(ledger.liveBytes == 0)
    }

    /// Scratch takes a larger block that waits, of several the smallest, and gives back what it took; other tensors, and a
    /// ledger that lets nothing wait above the peak, take their own size only.
    @Test(arguments: [true, false], [MemoryUse.scratch, .attention, .activations])
    func scratchTakesALargerBlockThatWaits(isPlan: Bool, use: MemoryUse) {
        for waitingBytes in [0, 64 << 20] {
            let ledger = MemoryLedger(isPlan: isPlan, waitingBytes: waitingBytes)
            RunScope.of(ledger) {
                // All at once, so that all may wait.
                withExtendedLifetime([9, 3, 5].map { Tensor(uninitialized: [$0 << 18]) }) {}
                let before = ledger.counts
                RunScope.with(use: use) { _ = Tensor(uninitialized: [1 << 18, 2]) }
                let asked = ledger.counts - before
                #expect(asked.allocations == 1)
                let takesLarger = use != .activations && waitingBytes > 0
                #expect(asked.freshBytes == (takesLarger ? 0 : 2 * Self.mebibyte))
                #expect(ledger.report.peakBytes >= 17 * Self.mebibyte && ledger.heldBytes == 0)
                let again = ledger.counts
                RunScope.with(use: use) {
                    withExtendedLifetime((Tensor(uninitialized: [2 << 18]), Tensor(uninitialized: [4 << 18])))
                    {
                        #expect(!takesLarger || ledger.heldBytes == 8 * Self.mebibyte)
                    }
                }
                #expect((ledger.counts - again).allocations == 2)
                #expect(!takesLarger || (ledger.counts - again).freshBytes == 0)
            }
            ledger.beginStage()
            #expect(ledger.liveBytes == 0)
        }
    }

    /// A stage may let less wait than the ledger does, until the next begins.
    @Test func aStageCanLetLessWait() {
        let ledger = MemoryLedger(waitingBytes: 64 << 20)
        func waiting(after bytes: [Int]) -> Int {
            RunScope.of(ledger) {
                for count in bytes { _ = Tensor(uninitialized: [count << 18]) }
                return (ledger.liveBytes - ledger.heldBytes) / Self.mebibyte
            }
        }
        #expect(waiting(after: [1, 2, 3, 4, 5]) == 15)
        ledger.beginStage()
        ledger.limitWaiting(to: 2 << 20)
        #expect(waiting(after: [1, 2, 3, 4, 5]) == 5)
        ledger.beginStage()
        #expect(waiting(after: [1, 2, 3, 4, 5]) == 15)
    }

    @Test func copiesShareUntilTheyAreWrittenTo() {
        let ledger = MemoryLedger()
        RunScope.of(ledger) {
            let first = Tensor(repeating: 1, shape: [1000])
            var copy = first
            #expect(ledger.liveBytes == 4000)
            copy.withMutableValues { $0[0] = 2 }
            #expect(ledger.liveBytes == 8000 && first.values[0] == 1)
        }
        #expect(ledger.liveBytes == 0)
    }

    @Test func aTensorCanBeChargedToAnotherUse() {
        let ledger = MemoryLedger()
        RunScope.of(ledger) {
            RunScope.with(stage: "s") {
                let tensor = Tensor(uninitialized: [1000]).charged(to: .caches)
                _ = Tensor(uninitialized: [10])
                #expect(tensor.count == 1000)
            }
        }
        #expect(atPeak(ledger, "s") == [.caches: 4000, .activations: 40])
        #expect(ledger.liveBytes == 0)
    }

    @Test func aPlanRunsNoTaskAndFillsNoLargeTensor() {
        let ledger = MemoryLedger(isPlan: true)
        let ran = Mutex(0)
        RunScope.of(ledger) {
            Workers(threads: 3).run(tasks: 10) { _ in ran.withLock { $0 += 1 } }
            Workers(threads: 3).run(tasks: 10, scratch: 1 << 18) { _, _ in ran.withLock { $0 += 1 } }
            // A terabyte.
            let large = Tensor(repeating: 1, shape: [1 << 19, 1 << 19])
            #expect(!large.isFilled && large.rows(0..<10).shape == [10, 1 << 19])
            #expect(Tensor(repeating: 1, shape: [3]).values == [1, 1, 1])
        }
        #expect(ran.withLock { $0 } == 0)
        #expect(ledger.report.peakBytes >= 1 << 40)
    }

    @Test(arguments: [1, 2, 3], [1, 2, 7])
    func everyThreadHasItsScratch(threads: Int, tasks: Int) {
        let ledger = MemoryLedger()
        let sums = Mutex<[Float]>([])
        RunScope.of(ledger) {
            Workers(threads: threads).run(tasks: tasks, scratch: 5000) { task, scratch in
                for index in 0..<5000 { scratch[index] = Float(task) }
                let sum = (0..<5000).reduce(Float(0)) { $0 + scratch[$1] }
                sums.withLock { $0.append(sum) }
            }
        }
        #expect(sums.withLock { $0.sorted() } == (0..<tasks).map { Float($0 * 5000) })
        #expect(ledger.report.peakBytes == min(threads, tasks) * 5120 * 4)
    }

    @Test func theScopeReachesTheThreads() {
        let ledger = MemoryLedger()
        RunScope.of(ledger) {
            RunScope.with(stage: "s") {
                Workers(threads: 4).run(tasks: 40) { _ in _ = Tensor(uninitialized: [100]) }
            }
        }
        #expect((400...1600).contains(ledger.report.peakBytes))
        #expect(ledger.report.stages.map(\.name) == ["s"])
    }

    @Test func workIsCountedByPartAndKind() throws {
        let ledger = MemoryLedger()
        RunScope.of(ledger) {
            for owner in ["a", "b", "a"] {
                RunScope.with(stage: "s", owner: owner) { RunScope.begin(.product, 10).end() }
            }
        }
        let work = ledger.report.work.sorted { $0.owner < $1.owner }
        #expect(work.map(\.owner) == ["a", "b"] && work.map(\.operations) == [20, 10])
        #expect(work.map(\.calls) == [2, 1] && work.allSatisfy { $0.kind == .product && $0.seconds >= 0 })
    }
}
