import Profiling
import Tensors
import TestSupport
import Testing
import Zoetrope

@Suite struct MemoryTimelineTests {
    /// Labels 0 and 1 are weights, 2 is activations; a change is time, label, bytes.
    private func recording(_ changes: [(Int, Int, Int)]) throws -> RunRecording {
        try MadeRecording(
            labels: ["weights", "weights", "activations"].map { MadeRecording.Label(use: $0) },
            changes: changes.map { MadeRecording.Change(nanoseconds: $0.0, label: $0.1, bytes: $0.2) }
        ).recording()
    }

    @Test func keepsThePeakOfEachPart() throws {
        let recording = try recording([
            (0, 0, 5), (10, 2, 7), (15, 2, 0), (20, 1, 1), (90, 1, 0), (100, 0, 0),
        ])
        let timeline = MemoryTimeline(
            recording,
            resident: [(0, 20), (12, 30), (14, 25), (80, 40)].map {
                ResidentSample(nanoseconds: $0.0, bytes: $0.1)
            }, parts: 4)
        #expect(timeline.uses == ["weights", "activations"])
        #expect(timeline.moments.map(\.bytes) == [[5, 7], [6, 0], [6, 0], [6, 0]])
        #expect(timeline.moments.map { ($0.seconds * 1e9).rounded() } == [10, 25, 50, 75])
        #expect(timeline.moments.map(\.residentBytes) == [30, 30, 30, 40])
        #expect(recording.trackedPeakBytes == 12)
    }

    /// Against the plainest way: all bytes of all labels after each change.
    @Test(arguments: [1, 2, 7, 100, 1000])
    func isThePlainMaximumOfEachPart(parts: Int) throws {
        let values = seeded([3, 200], seed: 3).values
        let changes = (0..<200).map { index in
            (index * 10, Int((values[index] + 1) * 1.5), Int((values[200 + index] + 1) * 1000))
        }
        let recording = try recording(changes)
        let timeline = MemoryTimeline(recording, resident: [], parts: parts)
        var live = [0, 0, 0]
        var totals: [(time: Int, bytes: Int)] = []
        for (time, label, bytes) in changes {
            live[label] = bytes
            totals.append((time, live.reduce(0, +)))
        }
        #expect(recording.trackedPeakBytes == totals.map(\.bytes).max())
        for part in 0..<parts {
            let (begin, end) = (1990 * part / parts, part + 1 == parts ? Int.max : 1990 * (part + 1) / parts)
            let before = totals.last { $0.time < begin }?.bytes ?? 0
            let inside = totals.filter { $0.time >= begin && $0.time < end }.map(\.bytes)
            #expect(
                timeline.moments[part].bytes.reduce(0, +) == max(before, inside.max() ?? 0), "part \(part)")
        }
    }

    @Test func whatTheRecorderHoldsIsTakenOff() throws {
        var made = MadeRecording(
            changes: [
                .init(nanoseconds: 10, label: 0, bytes: 1), .init(nanoseconds: 30, label: 0, bytes: 0),
            ],
            spans: [
                .init(category: .kernel, name: "rows", begin: 11, end: 20),
                .init(category: .stage, name: "s", begin: 10, end: 40),
            ])
        made.recorderBytes = 100
        let samples = [5, 10, 25, 30, 50].map { ResidentSample(nanoseconds: $0, bytes: 1000) }
        let found = try made.recording().withoutRecorder(samples)
        #expect(found.map(\.bytes) == [1000, 975, 950, 925, 900])
        #expect(found.map(\.nanoseconds) == samples.map(\.nanoseconds))
        #expect(try MadeRecording().recording().withoutRecorder(samples) == samples)
    }

    @Test func anEmptyRecordingHasNoMoments() throws {
        #expect(try MemoryTimeline(recording([]), resident: [], parts: 10).moments == [])
    }
}
