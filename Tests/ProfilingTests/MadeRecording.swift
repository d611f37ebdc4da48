import Foundation
import Zoetrope

/// A recording as a test wants it, by way of its JSON.
struct MadeRecording: Encodable {
    struct Label: Encodable { var stage = "s", owner = "", use = "weights" }
    struct Change: Encodable { let nanoseconds: Int, label: Int, bytes: Int }
    struct Span: Encodable {
        let category: RunRecording.Span.Category, name: String, begin: Int, end: Int
        var label = 0, operations = 0
    }

    var labels = [Label()]
    var changes: [Change] = []
    var spans: [Span] = []
    private var memory: [Int] = []
    var recorderBytes = 0

    init(labels: [Label] = [Label()], changes: [Change] = [], spans: [Span] = []) {
        (self.labels, self.changes, self.spans) = (labels, changes, spans)
    }

    func recording() throws -> RunRecording {
        try JSONDecoder().decode(RunRecording.self, from: JSONEncoder().encode(self))
    }
}
