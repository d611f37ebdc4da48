import Foundation

/// A duration as people say it: "0.00 s", "3.1 µs", "31.0 ms", "0.31 s", "12.4 s", "3 min 20 s", "2 h 5 min".
package func durationText(_ seconds: Double) -> String {
    if seconds > 0, seconds < 1e-4 { return String(format: "%.1f µs", seconds * 1e6) }
    if seconds > 0, seconds < 0.1 { return String(format: "%.1f ms", seconds * 1000) }
    if seconds < 10 { return String(format: "%.2f s", seconds) }
    if seconds < 60 { return String(format: "%.1f s", seconds) }
    let whole = Int(seconds.rounded())
    return whole < 3600
        ? "\(whole / 60) min \(whole % 60) s" : "\(whole / 3600) h \(whole % 3600 / 60) min"
}
