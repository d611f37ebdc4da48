/// Options with several values each; every combination is a trial.
package struct OptionGrid: Equatable, Sendable {
    package struct Axis: Equatable, Sendable {
        package let name: String
        package let values: [OptionChoice.Value]

        package init(_ name: String, _ values: [OptionChoice.Value]) {
            self.name = name
            self.values = values
        }
    }

    package let axes: [Axis]

    package init(_ axes: [Axis]) { self.axes = axes }

    /// All combinations; values of the last axis change first.
    package var combinations: [[OptionChoice]] {
        axes.reduce([[]]) { combinations, axis in
            combinations.flatMap { start in axis.values.map { start + [OptionChoice(axis.name, $0)] } }
        }
    }

    /// Number of combinations; `Int.max` where it would be larger.
    package var count: Int {
        axes.reduce(1) { count, axis in
            let (product, overflows) = count.multipliedReportingOverflow(by: axis.values.count)
            return overflows ? .max : product
        }
    }
}

extension OptionGrid.Axis {
    /// Reads `steps=10|20`; an empty value leaves the option out, and a name alone is a flag, once left out and
    /// once given.
    ///
    /// - Throws: ``SweepError/optionText(found:)``
    package init(_ text: String) throws(SweepError) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        name = try OptionChoice.name(in: parts[0], of: text)
        values =
            parts.count == 1
            ? [.leftOut, .on]
            : parts[1].split(separator: "|", omittingEmptySubsequences: false).map { OptionChoice.value($0) }
    }
}
