import Foundation

/// Memory that programs may still take without making the system swap.
package enum AvailableMemory {
    /// - Returns: bytes; nil where the system does not tell
    /// - Source: Linux `Documentation/filesystems/proc.rst`, `MemAvailable`, in KiB
    package static func bytes(in file: String = "/proc/meminfo") -> Int? {
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else { return nil }
        let line = text.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
        return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
    }
}
