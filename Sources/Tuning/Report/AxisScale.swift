import Foundation

/// Values along an axis of a picture, with round numbers to write beside it.
package struct AxisScale {
    package let range: ClosedRange<Double>
    package let ticks: [Double]
    /// Digits behind the point that tell ticks apart, where these are even.
    package let digits: Int
    /// Whether equal ways along the axis are equal ratios.
    package let isLogarithmic: Bool

    /// Begins at 0 where the values spread so far that it costs little room, and otherwise near the least.
    package init(_ values: [Double], ticks count: Int = 5) {
        let least = values.min() ?? 0
        let most = values.max() ?? 1
        let low = least >= 0 && least < most / 2 ? 0 : least
        let span = most > low ? most - low : max(abs(most), 1) * 0.1
        let rough = span / Double(count)
        let power = pow(10, floor(log10(rough)))
        let step = [1, 2, 5, 10].map { $0 * power }.first { $0 >= rough } ?? rough
        let start = floor(low / step) * step
        let end = ceil((low + span) / step) * step
        range = start...end
        ticks = (0...Int(((end - start) / step).rounded())).map { start + Double($0) * step }
        digits = max(0, -Int(floor(log10(step) + 1e-9)))
        isLogarithmic = false
    }

    /// The same, but logarithmic where a few values would else press all others into a corner: where the most is more than 10
    /// times the least, and that is above 0.
    package init(costs values: [Double]) {
        guard let least = values.min(), let most = values.max(), least > 0, most > 10 * least else {
            self.init(values)
            return
        }
        let powers = Int(floor(log10(least)))...Int(ceil(log10(most)))
        let mantissas: [Double] = most > 1000 * least ? [1] : [1, 2, 5]
        let round = powers.flatMap { power in mantissas.map { $0 * pow(10, Double(power)) } }
        let (start, end) = (round.last { $0 <= least } ?? least, round.first { $0 >= most } ?? most)
        self.init(
            range: start...end, ticks: round.filter((start...end).contains), digits: 0, isLogarithmic: true)
    }

    private init(range: ClosedRange<Double>, ticks: [Double], digits: Int, isLogarithmic: Bool) {
        (self.range, self.ticks, self.digits, self.isLogarithmic) = (range, ticks, digits, isLogarithmic)
    }

    /// What is written beside a tick.
    package func label(_ tick: Double) -> String {
        isLogarithmic ? String(format: "%g", tick) : String(format: "%.\(digits)f", tick)
    }

    /// 0 at the axis' begin to 1 at its end.
    package func share(_ value: Double) -> Double {
        if isLogarithmic { return log(value / range.lowerBound) / log(range.upperBound / range.lowerBound) }
        return (value - range.lowerBound) / (range.upperBound - range.lowerBound)
    }
}
