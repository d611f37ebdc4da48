import Foundation

/// A number of bytes in binary units: "812 B", "3.4 MiB", "114 GiB".
package func byteText(_ count: Int) -> String {
    guard abs(count) >= 1024 else { return "\(count) B" }
    let units = ["KiB", "MiB", "GiB", "TiB"]
    var value = Double(count) / 1024
    var unit = 0
    while abs(value) >= 1024, unit + 1 < units.count {
        value /= 1024
        unit += 1
    }
    return String(format: abs(value) < 100 ? "%.1f" : "%.0f", value) + " " + units[unit]
}
