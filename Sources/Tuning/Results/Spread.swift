/// Several measurements of one thing.
package struct Spread: Equatable, Sendable {
    package let median: Double
    package let least: Double
    package let most: Double

    /// Nil without measurements.
    package init?(_ values: [Double]) {
        let sorted = values.sorted()
        guard let first = sorted.first, let last = sorted.last else { return nil }
        let middle = sorted.count / 2
        least = first
        most = last
        median = sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}
