import Foundation
import Zoetrope

/// An axis of a diagram: values to pixels, and where lines of the grid stand.
struct PlanAxis {
    typealias Tick = (value: Double, label: String)

    let ticks: [Tick]
    private let pixels: (from: Double, to: Double)
    private let share: @Sendable (Double) -> Double

    /// Pixels, in tenths.
    func callAsFunction(_ value: Double) -> Double {
        ((pixels.from + (pixels.to - pixels.from) * share(value)) * 10).rounded() / 10
    }

    /// Numbers, logarithmic, with a little room at both ends.
    static func tokens(_ values: [Double], from: Double, to: Double) -> PlanAxis {
        let range = room(around: values)
        let powers = (0...12).map { pow(10, Double($0)) }
        let choices = [[1], [1, 2, 5], [1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9]].map { factors in
            powers.flatMap { power in factors.map { $0 * power } }.filter(range.contains)
        }
        let found = choices.first { $0.count > 2 } ?? []
        return logarithmic(range, from, to, (found.isEmpty ? ends(values) : found).map { ($0, "\(Int($0))") })
    }

    /// Seconds, logarithmic, with lines where people have words for them.
    static func time(_ values: [Double], from: Double, to: Double) -> PlanAxis {
        let range = room(around: values)
        let units: [(name: String, seconds: Double, counts: [Double])] = [
            ("ms", 0.001, [1, 2, 5, 10, 20, 50, 100, 200, 500]), ("s", 1, [1, 2, 5, 10, 20]),
            ("min", 60, [0.5, 1, 2, 5, 10, 20]), ("h", 3600, [0.5, 1, 2, 5, 12]),
            ("d", 86400, [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]),
        ]
        let all = units.flatMap { unit in
            unit.counts.map { ($0 * unit.seconds, "\(String(format: "%g", $0)) \(unit.name)") }
        }.filter { range.contains($0.0) }
        let every = max(1, (all.count + 6) / 7)
        let found = all.enumerated().filter { $0.offset % every == 0 }.map(\.element)
        return logarithmic(
            range, from, to, found.count > 1 ? found : ends(values).map { ($0, durationText($0)) })
    }

    /// Bytes from 0 up, linear.
    static func memory(_ values: [Double], from: Double, to: Double) -> PlanAxis {
        let most = max(1, values.max() ?? 1) * 1.05
        let step = pow(2, (log2(most / 6)).rounded(.up))
        let ticks = stride(from: step, through: most, by: step).map { ($0, byteText(Int($0))) }
        return PlanAxis(ticks: [(0, "0")] + ticks, pixels: (from, to)) { $0 / most }
    }

    private static func logarithmic(
        _ range: ClosedRange<Double>, _ from: Double, _ to: Double, _ ticks: [Tick]
    ) -> PlanAxis {
        PlanAxis(ticks: ticks, pixels: (from, to)) {
            log($0 / range.lowerBound) / log(range.upperBound / range.lowerBound)
        }
    }

    private init(
        ticks: [Tick], pixels: (from: Double, to: Double), share: @escaping @Sendable (Double) -> Double
    ) {
        (self.ticks, self.pixels, self.share) = (ticks, pixels, share)
    }

    private static func room(around values: [Double]) -> ClosedRange<Double> {
        let (least, most) = (max(1e-9, values.min() ?? 1), max(1e-9, values.max() ?? 1))
        return least / 1.15...most * 1.15
    }

    /// The least and the greatest, or the only value.
    private static func ends(_ values: [Double]) -> [Double] {
        Set([values.min(), values.max()].compactMap { $0 }).sorted()
    }
}
