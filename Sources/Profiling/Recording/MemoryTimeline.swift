package import Zoetrope

/// Memory over time, thinned to a number of moments: of each part of the time the moment when most was held, so that
/// peaks stay.
package struct MemoryTimeline: Codable, Equatable, Sendable {
    package struct Moment: Codable, Equatable, Sendable {
        package var seconds: Double
        /// Of each of ``MemoryTimeline/uses``.
        package var bytes: [Int]
        /// Largest resident set in this part of the time, or the last one before it.
        package var residentBytes: Int?
    }

    /// What memory was held for; those that held nothing are left out.
    package var uses: [String]
    package var moments: [Moment]

    /// - Parameter parts: that the time from the first to the last change is cut into, at least 1
    package init(_ recording: RunRecording, resident: [ResidentSample], parts: Int) {
        let uses = Self.uses(of: recording)
        self.uses = uses
        moments = []
        guard let first = recording.beginNanoseconds, let last = recording.endNanoseconds else { return }
        var books = UseBooks(recording, uses: uses)
        var changes = recording.changes[...]
        var samples = resident[...]
        var residentBytes: Int?
        for part in 0..<parts {
            let begin = first + (last - first) * part / parts
            let end = part + 1 == parts ? Int.max : first + (last - first) * (part + 1) / parts
            var moment = Moment(seconds: Double(begin) * 1e-9, bytes: books.bytes)
            var most = books.total
            while let change = changes.first, change.nanoseconds < end {
                books.enter(changes.removeFirst())
                guard books.total > most else { continue }
                (most, moment.bytes, moment.seconds) = (
                    books.total, books.bytes, Double(change.nanoseconds) * 1e-9
                )
            }
            var seen: Int?
            while let sample = samples.first, sample.nanoseconds < end {
                let bytes = samples.removeFirst().bytes
                seen = sample.nanoseconds < begin ? bytes : max(seen ?? 0, bytes)
            }
            residentBytes = seen ?? residentBytes
            moment.residentBytes = residentBytes
            moments.append(moment)
        }
    }

    /// In the order in which they are drawn on one another.
    private static let order = [
        "weights", "mapped", "caches", "frames", "activations", "attention", "scratch", "waiting",
    ]

    private static func uses(of recording: RunRecording) -> [String] {
        let found = Set(recording.changes.filter { $0.bytes > 0 }.map { recording.labels[$0.label].use })
        return order.filter(found.contains) + found.subtracting(order).sorted()
    }
}

/// Bytes by use while changes are entered.
struct UseBooks {
    private let useOfLabel: [Int?]
    private var live: [Int]
    /// Of each use.
    private(set) var bytes: [Int]
    private(set) var total = 0

    init(_ recording: RunRecording, uses: [String]) {
        useOfLabel = recording.labels.map { uses.firstIndex(of: $0.use) }
        live = Array(repeating: 0, count: recording.labels.count)
        bytes = Array(repeating: 0, count: uses.count)
    }

    mutating func enter(_ change: RunRecording.MemoryChange) {
        let more = change.bytes - live[change.label]
        live[change.label] = change.bytes
        total += more
        if let use = useOfLabel[change.label] { bytes[use] += more }
    }
}

extension RunRecording {
    /// Of the first change or span; nil where there is none.
    var beginNanoseconds: Int? {
        [changes.first?.nanoseconds, spans.lazy.map(\.begin).min()].compactMap { $0 }.min()
    }

    /// Of the last one.
    var endNanoseconds: Int? {
        [changes.last?.nanoseconds, spans.lazy.map(\.end).max()].compactMap { $0 }.max()
    }

    /// Largest sum of all labels.
    package var trackedPeakBytes: Int {
        var books = UseBooks(self, uses: [])
        var peak = 0
        for change in changes {
            books.enter(change)
            peak = max(peak, books.total)
        }
        return peak
    }
}
