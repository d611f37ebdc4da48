import Tensors
import Testing

/// What a ledger keeps where it is asked to.
@Suite struct LedgerRecordingTests {
    private struct Stop: Error {}

    @Test func spansLieInsideOneAnotherAlsoWhenTheirWorkFails() throws {
        let ledger = MemoryLedger(keepsTimeline: true)
        #expect(throws: Stop.self) {
            try RunScope.of(ledger) {
                try RunScope.with(stage: "sample") {
                    try RunScope.during("step 1") {
                        RunScope.with(owner: "blocks.0") { RunScope.begin(.product, 42).end() }
                        RunScope.with(use: .caches) {}
                        throw Stop()
                    }
                }
            }
        }
        let recording = try #require(ledger.recording)
        #expect(recording.names == ["step 1"])
        let found = recording.spans.map { span in
            let label = recording.labels[Int(span.label)]
            return "\(span.subject) \(label.stage) \(label.owner) \(span.operations)"
        }
        #expect(
            found == [
                "kernel(Tensors.WorkKind.product) sample blocks.0 42", "owner sample blocks.0 0",
                "part(0) sample  0", "stage sample  0",
            ])
        for (inner, outer) in zip(recording.spans, recording.spans.dropFirst()) {
            #expect(0 <= outer.begin && outer.begin <= inner.begin)
            #expect(inner.begin <= inner.end && inner.end <= outer.end)
        }
        let work = try #require(ledger.report.work.first)
        #expect(work.calls == 1 && work.operations == 42)
    }

    @Test func changesSayWhatIsHeldAfterThem() throws {
        let ledger = MemoryLedger(keepsTimeline: true)
        RunScope.of(ledger) {
            RunScope.with(stage: "load", use: .weights) {
                let small = Tensor(uninitialized: [16])
                _ = Tensor(uninitialized: [1 << 20])
                withExtendedLifetime(small) {}
            }
        }
        let recording = try #require(ledger.recording)
        var live: [Int32: Int] = [:]
        var peak = 0
        for change in recording.changes {
            live[change.label] = change.bytes
            peak = max(peak, live.values.reduce(0, +))
        }
        #expect(peak == ledger.report.peakBytes)
        #expect(live.values.reduce(0, +) == ledger.liveBytes)
        #expect(recording.changes.map(\.nanoseconds) == recording.changes.map(\.nanoseconds).sorted())
        #expect(recording.byteCount > 0)
    }

    @Test func nothingIsKeptUnasked() {
        let ledger = MemoryLedger()
        RunScope.of(ledger) {
            RunScope.with(stage: "load") { _ = Tensor(uninitialized: [16]) }
            RunScope.during("never") {}
            RunScope.begin(.rows, 1).end()
        }
        #expect(ledger.recording == nil)
        #expect(ledger.report.work.count == 1)
    }
}
