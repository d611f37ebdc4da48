import Foundation

/// Values along an axis of a picture, with round numbers to write beside it.
package struct AxisScale {
    package let range: ClosedRange<Double>
    package let ticks: [Double]
    /// Digits behind the point that tell ticks apart.
    package let digits: Int

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
    }

    /// 0 at the axis' begin to 1 at its end.
    package func share(_ value: Double) -> Double {
        (value - range.lowerBound) / (range.upperBound - range.lowerBound)
    }
}
