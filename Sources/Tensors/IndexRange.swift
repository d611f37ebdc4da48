/// Blocks or sampling steps from a first to a last, both included and counted from 0: `5-24`, `5-` to the end, `-24`
/// from the beginning, `7` alone.
package struct IndexRange: Hashable, Sendable {
    package let first: Int
    /// Nil is the last that there is.
    package let last: Int?

    /// What a number may be; more than any model has blocks, or any run steps.
    private static let numbers = 0...9999

    package static let all = IndexRange(first: 0, last: nil)

    /// - Precondition: the first is not behind the last, both are from 0 to 9999
    package init(first: Int, last: Int?) {
        precondition(
            Self.numbers.contains(first) && (first...Self.numbers.upperBound).contains(last ?? first),
            "no range from \(first) to \(last ?? first)")
        self.first = first
        self.last = last
    }

    package func contains(_ index: Int) -> Bool { index >= first && index <= last ?? .max }

    /// Whether all that it names is there, of `count` numbered from 0.
    package func fits(_ count: Int) -> Bool { last ?? first < count }

    package func overlaps(_ other: IndexRange) -> Bool {
        max(first, other.first) <= min(last ?? .max, other.last ?? .max)
    }
}

extension IndexRange: LosslessStringConvertible {
    package var description: String { first == last ? "\(first)" : "\(first)-\(last.map(String.init) ?? "")" }

    /// Nil for what is no range, such as `-`, `24-5`, `05-24` or numbers above 9999.
    package init?(_ text: String) {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        guard ends.count == 1 || ends.count == 2, ends.contains(where: { !$0.isEmpty }) else { return nil }
        let numbers = ends.map { Int($0) }
        for (end, number) in zip(ends, numbers) where !end.isEmpty {
            guard let number, Self.numbers.contains(number), "\(number)" == end else { return nil }
        }
        let (first, last) = (numbers[0] ?? 0, numbers[numbers.count - 1])
        if let last, first > last { return nil }
        self.init(first: first, last: last)
    }
}
