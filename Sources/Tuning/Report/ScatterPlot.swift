/// A picture of trials: what they cost to the right, how near they come to the baseline upwards.
struct ScatterPlot {
    struct Mark {
        let trial: Trial
        let cost: Spread
        /// Decibels.
        let psnr: Double

        var isIdentical: Bool { psnr >= ClipQuality.identical }
    }

    /// Of its file.
    let name: String
    let title: String
    let costName: String
    let marks: [Mark]

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

    var picture: ReportPicture {
        let (costs, qualities) = (costs, qualities)
        let front = front
        let onFront = Set(front.map(\.trial))
        let line = front.map { "\(x($0.cost, costs)),\(y($0.gain, qualities))" }.joined(separator: " ")
        let others = marks.filter { !onFront.contains($0.trial.number) }
        let best = marks.filter { onFront.contains($0.trial.number) }
        let drawn = (others + best).map {
            mark($0, costs, qualities, onFront: onFront.contains($0.trial.number))
        }
        return ReportPicture(
            name: name, title: title,
            body: """
                \(axes(costs, qualities))
                <polyline class="front" points="\(line)"/>
                \(drawn.joined(separator: "\n"))
                """)
    }

    private func x(_ value: Double, _ scale: AxisScale) -> String { PictureAxes.x(scale.share(value)) }

    private func y(_ value: Double, _ scale: AxisScale) -> String {
        if value >= ClipQuality.identical { return Markup.number(Self.identicalRow, 1) }
        return PictureAxes.y(scale.share(value), top: Self.top)
    }

    private func axes(_ costs: AxisScale, _ qualities: AxisScale) -> String {
        let columns = costs.ticks.map { tick in
            PictureAxes.column(
                at: x(tick, costs), from: Self.identicalRow, label: Markup.number(tick, costs.digits))
        }
        let rows = qualities.ticks.map { tick in
            PictureAxes.row(at: y(tick, qualities), label: Markup.number(tick, qualities.digits))
        }
        return (columns + rows).joined(separator: "\n")
            + PictureAxes.row(at: Markup.number(Self.identicalRow, 1), label: "same")
            + PictureAxes.names(across: costName, up: "PSNR, dB")
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
