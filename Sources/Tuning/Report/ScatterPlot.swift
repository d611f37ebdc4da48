/// A picture of trials: what they cost to the right, how near they come to the baseline upwards.
struct ScatterPlot {
    struct Mark {
        let trial: Trial
        let cost: Spread
        /// Decibels.
        let psnr: Double

        var isIdentical: Bool { psnr >= ClipQuality.identical }
    }

    let title: String
    let costName: String
    let marks: [Mark]

    private static let width = 640.0
    private static let height = 400.0
    private static let left = 58.0
    private static let right = 14.0
    private static let bottom = 50.0
    /// Trials without any difference lie here: their decibels are no number.
    private static let identicalRow = 34.0
    private static let top = 60.0

    private var costs: AxisScale {
        AxisScale(marks.flatMap { [$0.cost.median, $0.cost.least, $0.cost.most] })
    }
    private var qualities: AxisScale { AxisScale(marks.filter { !$0.isIdentical }.map(\.psnr)) }

    /// Trials that no other one beats in both.
    var front: [ParetoFront.Point] {
        ParetoFront.of(
            marks.map { ParetoFront.Point(trial: $0.trial.number, cost: $0.cost.median, gain: $0.psnr) })
    }

    var svg: String {
        let (costs, qualities) = (costs, qualities)
        let front = front
        let onFront = Set(front.map(\.trial))
        let line = front.map { "\(x($0.cost, costs)),\(y($0.gain, qualities))" }.joined(separator: " ")
        let others = marks.filter { !onFront.contains($0.trial.number) }
        let best = marks.filter { onFront.contains($0.trial.number) }
        let drawn = (others + best).map {
            mark($0, costs, qualities, onFront: onFront.contains($0.trial.number))
        }
        return """
            <figure class="plot"><figcaption>\(Markup.text(title))</figcaption>
            <svg viewBox="0 0 \(Int(Self.width)) \(Int(Self.height))" role="img" aria-label="\(Markup.text(title))">
            \(axes(costs, qualities))
            <polyline class="front" points="\(line)"/>
            \(drawn.joined(separator: "\n"))
            </svg></figure>
            """
    }

    private func x(_ value: Double, _ scale: AxisScale) -> String {
        Markup.number(Self.left + scale.share(value) * (Self.width - Self.left - Self.right), 1)
    }

    private func y(_ value: Double, _ scale: AxisScale) -> String {
        if value >= ClipQuality.identical { return Markup.number(Self.identicalRow, 1) }
        let room = Self.height - Self.top - Self.bottom
        return Markup.number(Self.height - Self.bottom - scale.share(value) * room, 1)
    }

    private func axes(_ costs: AxisScale, _ qualities: AxisScale) -> String {
        let floor = Self.height - Self.bottom
        let columns = costs.ticks.map { tick in
            let x = x(tick, costs)
            return
                "<line class=\"grid\" x1=\"\(x)\" x2=\"\(x)\" y1=\"\(Self.identicalRow)\" y2=\"\(floor)\"/>"
                + "<text class=\"tick\" x=\"\(x)\" y=\"\(floor + 18)\" text-anchor=\"middle\">"
                + "\(Markup.number(tick, costs.digits))</text>"
        }
        let rows = qualities.ticks.map { tick in
            let y = y(tick, qualities)
            return row(at: y, label: Markup.number(tick, qualities.digits))
        }
        let middle = (Self.left + Self.width - Self.right) / 2
        return (columns + rows).joined(separator: "\n")
            + row(at: Markup.number(Self.identicalRow, 1), label: "same")
            + "<text class=\"axis\" x=\"\(middle)\" y=\"\(Self.height - 8)\" text-anchor=\"middle\">"
            + "\(Markup.text(costName))</text>"
            + "<text class=\"axis\" x=\"4\" y=\"12\">PSNR, dB</text>"
    }

    private func row(at y: String, label: String) -> String {
        "<line class=\"grid\" x1=\"\(Self.left)\" x2=\"\(Self.width - Self.right)\" y1=\"\(y)\" y2=\"\(y)\"/>"
            + "<text class=\"tick\" x=\"\(Self.left - 8)\" y=\"\(y)\" dy=\"4\" text-anchor=\"end\">\(label)</text>"
    }

    private func mark(_ mark: Mark, _ costs: AxisScale, _ qualities: AxisScale, onFront: Bool) -> String {
        let number = mark.trial.number
        let (x, y) = (x(mark.cost.median, costs), y(mark.psnr, qualities))
        let kind = mark.trial.isBaseline ? "mark baseline" : onFront ? "mark best" : "mark"
        let spread =
            "<line x1=\"\(self.x(mark.cost.least, costs))\" x2=\"\(self.x(mark.cost.most, costs))\" y1=\"\(y)\" "
            + "y2=\"\(y)\"/>"
        let label =
            onFront || mark.trial.isBaseline
            ? "<text x=\"\(x)\" y=\"\(y)\" dx=\"8\" dy=\"-6\">\(number)</text>" : ""
        return
            "<a href=\"#trial-\(number)\" class=\"\(kind)\">\(spread)<circle cx=\"\(x)\" cy=\"\(y)\" r=\"5\"/>\(label)"
            + "<title>\(number): \(Markup.text(mark.trial.name)), \(Markup.short(mark.cost.median)), "
            + "\(Markup.decibels(mark.psnr)) dB</title></a>"
    }
}
