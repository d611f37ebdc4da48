import Foundation

/// What is wrong with a trace in Chrome's Trace Event format, as far as viewers depend on it.
///
/// - Source: "Trace Event Format", Google, version of October 2016: fields of each phase; complete events of a thread lie
///   inside one another or beside one another
struct TraceCheck {
    private(set) var problems: [String] = []
    private(set) var counts: [String: Int] = [:]
    /// Ends of the complete events that are open, the innermost last, in nanoseconds.
    private var open: [Int] = []
    private var lastBegin = 0
    private var lastCount: [String: Int] = [:]

    init(_ data: Data) throws {
        let object = try JSONSerialization.jsonObject(with: data)
        guard let events = (object as? [String: Any])?["traceEvents"] as? [[String: Any]] else {
            problems.append("there is no list 'traceEvents'")
            return
        }
        for (index, event) in events.enumerated() { check(event, "event \(index)") }
    }

    private mutating func check(_ event: [String: Any], _ place: String) {
        guard let phase = event["ph"] as? String, event["name"] is String, event["pid"] is Int,
            event["tid"] is Int,
            let time = Self.nanoseconds(event["ts"]), time >= 0
        else {
            problems.append("\(place) lacks ph, name, pid, tid or a time of at least 0")
            return
        }
        counts[phase, default: 0] += 1
        switch phase {
        case "M":
            let names = ["process_name", "thread_name"]
            if !names.contains(event["name"] as? String ?? "")
                || (event["args"] as? [String: Any])?["name"] as? String == nil
            {
                problems.append("\(place) names nothing")
            }
        case "X": checkComplete(event, from: time, place)
        case "C":
            let values = (event["args"] as? [String: Any] ?? [:]).values
            if values.isEmpty || !values.allSatisfy({ ($0 as? Int ?? -1) >= 0 }) {
                problems.append("\(place) counts nothing or less than 0")
            }
            let name = event["name"] as? String ?? ""
            if time < lastCount[name] ?? 0 { problems.append("\(place) counts in the past") }
            lastCount[name] = time
        default: problems.append("\(place) is of the unknown phase \(phase)")
        }
    }

    private mutating func checkComplete(_ event: [String: Any], from time: Int, _ place: String) {
        guard let duration = Self.nanoseconds(event["dur"]), duration >= 0, event["cat"] is String else {
            problems.append("\(place) lacks a category or a duration of at least 0")
            return
        }
        if time < lastBegin { problems.append("\(place) begins before the one before it") }
        lastBegin = time
        while let end = open.last, end <= time, end < time + duration || duration > 0 { open.removeLast() }
        if let end = open.last, time + duration > end {
            problems.append("\(place) outlasts the one around it")
        }
        open.append(time + duration)
    }

    private static func nanoseconds(_ value: Any?) -> Int? {
        (value as? Double).map { Int(($0 * 1000).rounded()) }
    }
}
