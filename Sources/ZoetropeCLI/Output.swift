import Foundation

/// Prints one JSON object with sorted keys to standard output.
func printJSON(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    print(String(decoding: try encoder.encode(value), as: UTF8.self))
}

/// A duration as people say it: "0.31 s", "12.4 s", "3 min 20 s", "2 h 5 min".
func seconds(_ value: Double) -> String {
    if value < 10 { return String(format: "%.2f s", value) }
    if value < 60 { return String(format: "%.1f s", value) }
    let whole = Int(value.rounded())
    return whole < 3600 ? "\(whole / 60) min \(whole % 60) s" : "\(whole / 3600) h \(whole % 3600 / 60) min"
}
