import Foundation
internal import Zoetrope

/// Events of a run in Chrome's Trace Event format, one a line.
///
/// - Source: "Trace Event Format", Google, version of October 2016: complete events (`X`), counters (`C`), metadata (`M`);
///   times in microseconds
struct TraceWriter {
    private var bytes = Array("{\"displayTimeUnit\":\"ms\",\"traceEvents\":[".utf8)
    private var isFirst = true

    /// One process and its computing thread.
    private static let place = "\"pid\":1,\"tid\":1"

    mutating func name(_ subject: String, _ name: String) {
        add(
            "{\"ph\":\"M\",\(Self.place),\"ts\":0,\"name\":\"\(subject)\",\"args\":{\"name\":\(Self.quoted(name))}}"
        )
    }

    mutating func complete(_ span: RunRecording.Span, owner: String) {
        var arguments = ""
        if span.category == .kernel {
            let rate = Double(span.operations) / Double(max(1, span.end - span.begin))
            arguments =
                ",\"args\":{\"operations\":\(span.operations),\"GFLOP/s\":\(Self.rounded(rate)),"
                + "\"owner\":\(Self.quoted(owner))}"
        }
        add(
            "{\"ph\":\"X\",\(Self.place),\"ts\":\(Self.microseconds(span.begin)),"
                + "\"dur\":\(Self.microseconds(span.end - span.begin)),\"cat\":\"\(span.category.rawValue)\","
                + "\"name\":\(Self.quoted(span.name))\(arguments)}")
    }

    mutating func count(_ name: String, at nanoseconds: Int, _ values: [(String, Int)]) {
        let values = values.map { "\(Self.quoted($0.0)):\($0.1)" }.joined(separator: ",")
        add(
            "{\"ph\":\"C\",\(Self.place),\"ts\":\(Self.microseconds(nanoseconds)),\"name\":\(Self.quoted(name)),"
                + "\"args\":{\(values)}}")
    }

    /// - Parameter facts: about the whole run
    mutating func finish(_ facts: [(String, String)]) -> Data {
        let facts = facts.map { "\(Self.quoted($0.0)):\(Self.quoted($0.1))" }.joined(separator: ",")
        bytes.append(contentsOf: "\n],\"otherData\":{\(facts)}}\n".utf8)
        return Data(bytes)
    }

    private mutating func add(_ event: String) {
        bytes.append(contentsOf: (isFirst ? "\n" : ",\n").utf8)
        bytes.append(contentsOf: event.utf8)
        isFirst = false
    }

    /// Nanoseconds as microseconds, exactly.
    private static func microseconds(_ nanoseconds: Int) -> String {
        let rest = String(nanoseconds % 1000)
        return "\(nanoseconds / 1000)." + String(repeating: "0", count: 3 - rest.count) + rest
    }

    private static func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }

    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
