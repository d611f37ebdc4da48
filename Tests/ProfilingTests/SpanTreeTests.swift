import Profiling
import Testing
import Zoetrope

@Suite struct SpanTreeTests {
    /// Entered as a run enters them: when they end.
    @Test func kernelsInsideKernelsCountOnce() throws {
        let recording = try MadeRecording(spans: [
            MadeRecording.Span(category: .kernel, name: "inner", begin: 12, end: 15),
            MadeRecording.Span(category: .kernel, name: "inner", begin: 15, end: 18),
            MadeRecording.Span(category: .kernel, name: "outer", begin: 10, end: 20),
            MadeRecording.Span(category: .owner, name: "block", begin: 10, end: 20),
            MadeRecording.Span(category: .kernel, name: "beside", begin: 20, end: 25),
            MadeRecording.Span(category: .stage, name: "stage", begin: 10, end: 30),
        ]).recording()
        let nodes = SpanTree(recording.spans).nodes
        #expect(nodes.map(\.span.name) == ["stage", "block", "outer", "inner", "inner", "beside"])
        #expect(nodes.map(\.depth) == [0, 1, 2, 3, 3, 1])
        #expect(nodes.map(\.own) == [20, 10, 4, 3, 3, 5])
    }
}
