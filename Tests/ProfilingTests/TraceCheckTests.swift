import Foundation
import Testing

/// The check itself: what viewers cannot show is found.
@Suite struct TraceCheckTests {
    private func problems(_ events: String) throws -> [String] {
        try TraceCheck(Data("{\"traceEvents\":[\(events)]}".utf8)).problems
    }

    private func span(_ begin: Double, _ duration: Double) -> String {
        "{\"ph\":\"X\",\"name\":\"a\",\"cat\":\"c\",\"pid\":1,\"tid\":1,\"ts\":\(begin),\"dur\":\(duration)}"
    }

    private func count(_ time: Double, _ value: Int) -> String {
        "{\"ph\":\"C\",\"name\":\"m\",\"pid\":1,\"tid\":1,\"ts\":\(time),\"args\":{\"a\":\(value)}}"
    }

    @Test func whatIsInOrderPasses() throws {
        #expect(
            try problems(
                [span(0, 10), span(1, 4), span(1, 2), span(5, 5), span(10, 1)].joined(separator: ",")) == [])
        #expect(try problems([count(0, 1), count(3, 0)].joined(separator: ",")) == [])
    }

    @Test func whatIsNotIsNamed() throws {
        #expect(try problems(span(0, 10) + "," + span(9, 2)) == ["event 1 outlasts the one around it"])
        #expect(
            try problems(span(3, 1) + "," + span(2, 1)).contains("event 1 begins before the one before it"))
        #expect(try problems(span(0, -1)) == ["event 0 lacks a category or a duration of at least 0"])
        #expect(try problems(count(3, 1) + "," + count(2, 1)) == ["event 1 counts in the past"])
        #expect(try problems(count(3, -1)) == ["event 0 counts nothing or less than 0"])
        #expect(
            try problems("{\"ph\":\"X\"}") == ["event 0 lacks ph, name, pid, tid or a time of at least 0"])
        #expect(
            try problems("{\"ph\":\"Q\",\"name\":\"a\",\"pid\":1,\"tid\":1,\"ts\":0}") == [
                "event 0 is of the unknown phase Q"
            ])
        #expect(try TraceCheck(Data("{}".utf8)).problems == ["there is no list 'traceEvents'"])
    }
}
