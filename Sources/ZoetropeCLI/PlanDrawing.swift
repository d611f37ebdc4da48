import Foundation
import Zoetrope

/// Peak memory and time against tokens as an SVG picture: two diagrams under one another, both axes logarithmic.
struct PlanDrawing {
    private let plans: [RunPlan]

    private static let (width, height) = (720.0, 300.0)
    private static let (left, right, top, bottom) = (90.0, 20.0, 30.0, 45.0)

    init(_ plans: [RunPlan]) {
        self.plans = plans.sorted { ($0.stepTokens.max() ?? 0) < ($1.stepTokens.max() ?? 0) }
    }

    var svg: String {
        let memory = diagram(
            "peak memory", at: 0, plans.map { Double($0.peakBytes) }, text: { bytes(Int($0)) }, step: 2)
        let time = diagram(
            "time", at: Self.height, plans.map { $0.totalSeconds ?? 0 }, text: { seconds($0) }, step: 10)
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Self.width) \(2 * Self.height)" \
            font-family="system-ui, sans-serif" font-size="12">
            <style>
            svg { background: #fff; color: #1a1a1a } .axis { stroke: #999 } .grid { stroke: #e3e3e3 }
            .dot { fill: #2563eb } .line { fill: none; stroke: #2563eb; stroke-width: 1.5 } text { fill: #1a1a1a }
            @media (prefers-color-scheme: dark) { svg { background: #16181d } text { fill: #e6e6e6 }
            .grid { stroke: #30343c } .dot { fill: #7aa2ff } .line { stroke: #7aa2ff } }
            </style>
            <rect width="100%" height="100%" fill="none"/>
            \(memory)
            \(time)
            </svg>

            """
    }

    /// - Parameters:
    ///   - values: one for each plan; those of 0 are left out
    ///   - step: factor between two lines of the grid
    private func diagram(
        _ title: String, at y: Double, _ values: [Double], text: (Double) -> String, step: Double
    ) -> String {
        let tokens = plans.map { Double($0.stepTokens.max() ?? 1) }
        let points = zip(tokens, values).filter { $0.1 > 0 }
        guard let lowest = points.map(\.1).min(), let highest = points.map(\.1).max() else { return "" }
        let across = Scale(tokens, from: Self.left, to: Self.width - Self.right)
        let up = Scale(
            [lowest, max(highest, lowest * step)], from: y + Self.height - Self.bottom, to: y + Self.top)
        var lines = [
            "<text x=\"\(Self.left)\" y=\"\(y + 18)\" font-weight=\"600\">\(title)</text>",
            "<text x=\"\(Self.width / 2)\" y=\"\(y + Self.height - 8)\" text-anchor=\"middle\">tokens</text>",
        ]
        for value in up.grid(step) {
            let place = up(value)
            lines.append(
                "<line class=\"grid\" x1=\"\(Self.left)\" x2=\"\(Self.width - Self.right)\" y1=\"\(place)\" y2=\"\(place)\"/>"
            )
            lines.append(
                "<text x=\"\(Self.left - 6)\" y=\"\(place + 4)\" text-anchor=\"end\">\(text(value))</text>")
        }
        for value in Set(tokens).sorted() {
            lines.append(
                "<text x=\"\(across(value))\" y=\"\(y + Self.height - 26)\" text-anchor=\"middle\">\(Int(value))</text>"
            )
        }
        let path = points.map { "\(across($0.0)),\(up($0.1))" }.joined(separator: " ")
        lines.append("<polyline class=\"line\" points=\"\(path)\"/>")
        for (plan, point) in zip(plans, points) {
            let settings = plan.settings
            lines.append(
                "<circle class=\"dot\" cx=\"\(across(point.0))\" cy=\"\(up(point.1))\" r=\"4\"><title>"
                    + "\(settings.width)x\(settings.height), \(settings.frames) frames: \(text(point.1))</title></circle>"
            )
        }
        return lines.joined(separator: "\n")
    }
}

/// A logarithmic axis.
private struct Scale {
    private let (lowest, highest): (Double, Double)
    private let (from, to): (Double, Double)

    init(_ values: [Double], from: Double, to: Double) {
        lowest = max(1e-9, values.min() ?? 1) / 1.1
        highest = max(lowest * 1.2, (values.max() ?? 1) * 1.1)
        (self.from, self.to) = (from, to)
    }

    func callAsFunction(_ value: Double) -> Double {
        let share = log(value / lowest) / log(highest / lowest)
        return ((from + (to - from) * share) * 10).rounded() / 10
    }

    /// Powers of `step` inside the axis.
    func grid(_ step: Double) -> [Double] {
        let (first, last) = (
            Int((log(lowest) / log(step)).rounded(.up)), Int((log(highest) / log(step)).rounded(.down))
        )
        guard first <= last else { return [] }
        let every = max(1, (last - first) / 6)
        return stride(from: first, through: last, by: every).map { pow(step, Double($0)) }
    }
}
