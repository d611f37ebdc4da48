import Foundation

/// Wall-clock seconds of each stage of a run.
struct Stopwatch {
    private(set) var seconds: [String: Double] = [:]
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant

    init() { start = clock.now }

    var totalSeconds: Double { Self.seconds(clock.now - start) }

    mutating func add(_ duration: Duration, to stage: Stage) {
        seconds[stage.rawValue, default: 0] += Self.seconds(duration)
    }

    static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
    }
}

/// Largest resident set of this process so far, in bytes; nil where the system does not tell.
///
/// - Source: Linux `proc(5)`, `VmHWM` in kB
func peakResidentBytes() -> Int? { statusBytes("VmHWM:") }

/// Resident set of this process now, in bytes; nil where the system does not tell.
///
/// - Source: Linux `proc(5)`, `VmRSS` in kB
func residentBytes() -> Int? { statusBytes("VmRSS:") }

private func statusBytes(_ name: String) -> Int? {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return nil }
    let line = status.split(separator: "\n").first { $0.hasPrefix(name) }
    return line?.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Int($0) }.map
    { $0 * 1024 }
}
