/// Finds marks such as `</s>` in a text: the leftmost first, and of several at one place the longest.
struct MarkFinder: Sendable {
    enum Part: Equatable {
        /// `start`: byte of the text at which the part begins
        case text(Substring, start: Int)
        case mark(Int32, start: Int)
    }

    /// Marks that begin with the same byte, the longest first.
    private let marks: [UInt8: [(bytes: [UInt8], id: Int32)]]

    init(_ marks: [String: Int32]) {
        let known = marks.map { (bytes: Array($0.key.utf8), id: $0.value) }.filter { !$0.bytes.isEmpty }
        self.marks = Dictionary(grouping: known.sorted { $0.bytes.count > $1.bytes.count }) { $0.bytes[0] }
    }

    /// The text cut at its marks; empty parts are left out.
    func parts(of text: String) -> [Part] {
        let utf8 = text.utf8
        var parts: [Part] = []
        var (start, startByte) = (utf8.startIndex, 0)
        var (index, byte) = (utf8.startIndex, 0)
        while index < utf8.endIndex {
            guard let mark = marks[utf8[index]]?.first(where: { utf8[index...].starts(with: $0.bytes) })
            else {
                (index, byte) = (utf8.index(after: index), byte + 1)
                continue
            }
            if start < index { parts.append(.text(text[start..<index], start: startByte)) }
            parts.append(.mark(mark.id, start: byte))
            (index, byte) = (utf8.index(index, offsetBy: mark.bytes.count), byte + mark.bytes.count)
            (start, startByte) = (index, byte)
        }
        if start < index { parts.append(.text(text[start..<index], start: startByte)) }
        return parts
    }
}
