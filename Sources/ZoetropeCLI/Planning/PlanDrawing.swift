import Foundation
import Zoetrope

/// Peak memory and time against tokens as an SVG picture: two diagrams under one another, a line for each size of the clip
/// and a dot for each number of frames.
struct PlanDrawing {
    /// Plans of one width and height, fewest tokens first.
    private let sizes: [(name: String, plans: [RunPlan])]

    private static let (width, height) = (720.0, 300.0)
    private static let (left, right, top, bottom) = (90.0, 20.0, 40.0, 45.0)
    /// Lines that the legend has room for.
    private static let named = 6

    init(_ plans: [RunPlan]) {
        let groups = Dictionary(grouping: plans) { [$0.settings.width, $0.settings.height] }
        sizes = groups.sorted { ($0.key[0] * $0.key[1], $0.key[0]) < ($1.key[0] * $1.key[1], $1.key[0]) }.map
        {
            ("\($0.key[0])x\($0.key[1])", $0.value.sorted { Self.tokens($0) < Self.tokens($1) })
        }
    }

    var svg: String {
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Self.width) \(2 * Self.height)" \
        font-family="system-ui, sans-serif" font-size="12">
        <style>\(Self.style)</style>
        \(diagram("peak memory", at: 0, PlanAxis.memory, text: { byteText(Int($0)) }) { Double($0.peakBytes) })
        \(diagram("time", at: Self.height, PlanAxis.time, text: durationText) { $0.totalSeconds ?? 0 })
        </svg>

        """
    }

    private static func tokens(_ plan: RunPlan) -> Double { Double(plan.stepTokens.max() ?? 1) }

    /// - Parameters:
    ///   - y: where it begins
    ///   - axis: of the values
    ///   - text: of a value, for who points at its dot
    ///   - value: of a plan; 0 is left out
    private func diagram(
        _ title: String, at y: Double, _ axis: ([Double], Double, Double) -> PlanAxis,
        text: (Double) -> String, _ value: (RunPlan) -> Double
    ) -> String {
        let plans = sizes.flatMap(\.plans).filter { value($0) > 0 }
        if plans.isEmpty { return "" }
        let across = PlanAxis.tokens(
            plans.map(Self.tokens), from: Self.left, to: Self.width - Self.right)
        let up = axis(plans.map(value), y + Self.height - Self.bottom, y + Self.top)
        let lines = sizes.enumerated().map { number, size in
            let dots = size.plans.filter { value($0) > 0 }.map { plan in
                (x: across(Self.tokens(plan)), y: up(value(plan)), note: note(plan, text(value(plan))))
            }
            return line(dots, colour: number)
        }
        return
            ([
                Self.text(title, x: Self.left, y: y + 18, weight: 600),
                Self.text("tokens", x: Self.width / 2, y: y + Self.height - 8, anchor: "middle"),
            ] + legend(at: y) + grid(across, up, at: y) + lines).joined(separator: "\n")
    }

    private func grid(_ across: PlanAxis, _ up: PlanAxis, at y: Double) -> [String] {
        let floor = y + Self.height - Self.bottom
        return up.ticks.flatMap { tick in
            [
                "<path class=\"grid\" d=\"M\(Self.left) \(up(tick.value))H\(Self.width - Self.right)\"/>",
                Self.text(tick.label, x: Self.left - 6, y: up(tick.value) + 4, anchor: "end"),
            ]
        }
            + across.ticks.flatMap { tick in
                [
                    "<path class=\"grid\" d=\"M\(across(tick.value)) \(floor)v5\"/>",
                    Self.text(tick.label, x: across(tick.value), y: floor + 19, anchor: "middle"),
                ]
            }
    }

    private func line(_ dots: [(x: Double, y: Double, note: String)], colour: Int) -> String {
        let points = dots.map { "\($0.x),\($0.y)" }.joined(separator: " ")
        return
            (["<polyline class=\"c\(colour % Self.colours.count)\" points=\"\(points)\"/>"]
            + dots.map {
                "<circle class=\"c\(colour % Self.colours.count)\" cx=\"\($0.x)\" cy=\"\($0.y)\" r=\"4\">"
                    + "<title>\($0.note)</title></circle>"
            }).joined(separator: "\n")
    }

    /// Which size has which colour, at the right end of the title.
    private func legend(at y: Double) -> [String] {
        let surplus = sizes.count - Self.named
        let names = sizes.prefix(Self.named).map(\.name) + (surplus > 0 ? ["and \(surplus) more"] : [])
        return names.enumerated().flatMap { number, name in
            let x = Self.width - Self.right - 85 * Double(names.count - number)
            let mark =
                number < Self.named
                ? ["<rect class=\"c\(number)\" x=\"\(x)\" y=\"\(y + 9)\" width=\"10\" height=\"10\"/>"] : []
            return mark + [Self.text(name, x: x + 14, y: y + 18)]
        }
    }

    private func note(_ plan: RunPlan, _ value: String) -> String {
        "\(plan.settings.width)x\(plan.settings.height), \(plan.settings.frames) frames: \(value)"
    }

    private static func text(
        _ text: String, x: Double, y: Double, anchor: String = "start", weight: Int = 400
    ) -> String {
        "<text x=\"\(x)\" y=\"\(y)\" text-anchor=\"\(anchor)\" font-weight=\"\(weight)\">\(text)</text>"
    }

    /// Readable on white and on black.
    private static let colours = ["#2f7de1", "#d9822b", "#2a9d6f", "#c2418d", "#8a6fd1", "#7a7a7a"]

    private static let style =
        "svg { background: #fff } text { fill: #1a1a1a } .grid { fill: none; stroke: #d0d0d0 } "
        + "polyline { stroke-width: 1.5; fill: none !important } "
        + colours.enumerated().map { ".c\($0) { fill: \($1); stroke: \($1) }" }.joined(separator: " ")
        + " @media (prefers-color-scheme: dark) { svg { background: #16181d } text { fill: #e6e6e6 } "
        + ".grid { stroke: #3a3f49 } }"
}
