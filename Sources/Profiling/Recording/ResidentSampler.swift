import Foundation
import Synchronization

/// Resident set of this process at one time.
package struct ResidentSample: Equatable, Sendable {
    /// Since the sampler's start.
    package let nanoseconds: Int
    package let bytes: Int

    package init(nanoseconds: Int, bytes: Int) {
        self.nanoseconds = nanoseconds
        self.bytes = bytes
    }
}

/// Looks at the resident set again and again, on a thread of its own, until it is stopped.
package final class ResidentSampler: Sendable {
    private let start: ContinuousClock.Instant
    private let samples = Mutex<[ResidentSample]>([])
    private let stopping = DispatchSemaphore(value: 0)
    private let stopped = DispatchSemaphore(value: 0)

    /// - Parameters:
    ///   - start: what times count from
    ///   - milliseconds: between two looks
    package init(since start: ContinuousClock.Instant, every milliseconds: Int = 20) {
        self.start = start
        let thread = Thread { [self] in
            look()
            while stopping.wait(timeout: .now() + .milliseconds(milliseconds)) == .timedOut { look() }
            look()
            stopped.signal()
        }
        thread.name = "resident set"
        thread.start()
    }

    /// - Returns: all samples in the order of time; none where the system does not tell
    package func stop() -> [ResidentSample] {
        stopping.signal()
        stopped.wait()
        return samples.withLock { $0 }
    }

    private func look() {
        guard let bytes = Self.residentBytes() else { return }
        let (seconds, attoseconds) = start.duration(to: .now).components
        let sample = ResidentSample(
            nanoseconds: Int(seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000), bytes: bytes)
        samples.withLock { $0.append(sample) }
    }

    /// - Source: Linux `proc(5)`, `/proc/self/statm`: the second number, in pages
    package static func residentBytes() -> Int? {
        let file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var text = [UInt8](repeating: 0, count: 128)
        let count = read(file, &text, text.count)
        guard count > 0 else { return nil }
        let numbers = text[..<count].split(separator: UInt8(ascii: " "))
        guard numbers.count > 1, let pages = Int(String(decoding: numbers[1], as: UTF8.self)) else {
            return nil
        }
        return pages * Int(getpagesize())
    }
}
