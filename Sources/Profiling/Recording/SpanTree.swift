package import Zoetrope

/// Spans in the order in which they begin, each with the time that the spans of the same category inside it do not take.
package struct SpanTree {
    package struct Node {
        package let span: RunRecording.Span
        /// Spans around this one.
        package let depth: Int
        /// Nanoseconds without those of kernels inside.
        package var own: Int
    }

    package private(set) var nodes: [Node] = []

    package init(_ spans: [RunRecording.Span]) {
        // Inner spans are entered before outer ones; of two that are equal the later is the outer one.
        let order = spans.indices.sorted { one, other in
            let (a, b) = (spans[one], spans[other])
            return (a.begin, b.end, other) < (b.begin, a.end, one)
        }
        var open: [Int] = []
        for index in order {
            let span = spans[index]
            while let last = open.last, nodes[last].span.end < span.end || nodes[last].span.end <= span.begin
            {
                open.removeLast()
            }
            if span.category == .kernel, let outer = open.last(where: { nodes[$0].span.category == .kernel })
            {
                nodes[outer].own -= span.end - span.begin
            }
            open.append(nodes.count)
            nodes.append(Node(span: span, depth: open.count - 1, own: span.end - span.begin))
        }
    }
}
