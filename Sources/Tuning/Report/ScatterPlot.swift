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
        AxisScale(costs: marks.flatMap { [$0.cost.median, $0.cost.least, $0.cost.most] })
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
        let line = front.map {
            "\(Markup.place(x($0.cost, costs))),\(Markup.place(y($0.gain, qualities)))"
        }.joined(separator: " ")
        let others = marks.filter { !onFront.contains($0.trial.number) }
        let best = marks.filter { onFront.contains($0.trial.number) }
        var labels = PictureLabels()
        let drawn = (others + best).map {
            mark($0, costs, qualities, onFront: onFront.contains($0.trial.number), &labels)
        }
        return ReportPicture(
            name: name, title: title,
            body: """
                \(axes(costs, qualities))
                <polyline class="front" points="\(line)"/>
                \(drawn.joined(separator: "\n"))
                """)
    }

    private func x(_ value: Double, _ scale: AxisScale) -> Double { PictureAxes.x(scale.share(value)) }

    private func y(_ value: Double, _ scale: AxisScale) -> Double {
        if value >= ClipQuality.identical { return Self.identicalRow }
        return PictureAxes.y(scale.share(value), top: Self.top)
    }

    private func axes(_ costs: AxisScale, _ qualities: AxisScale) -> String {
        let columns = costs.ticks.map { tick in
            PictureAxes.column(
                at: x(tick, costs), from: Self.identicalRow, label: costs.label(tick))
        }
        let rows = qualities.ticks.map { tick in
            PictureAxes.row(at: y(tick, qualities), label: qualities.label(tick))
        }
        return (columns + rows).joined(separator: "\n")
            + PictureAxes.row(at: Self.identicalRow, label: "same")
            + PictureAxes.names(across: costName, up: "PSNR, dB")
    }

    private func mark(
        _ mark: Mark, _ costs: AxisScale, _ qualities: AxisScale, onFront: Bool, _ labels: inout PictureLabels
    ) -> String {
        let number = mark.trial.number
        let place = (x: x(mark.cost.median, costs), y: y(mark.psnr, qualities))
        let (x, y) = (Markup.place(place.x), Markup.place(place.y))
        let kind = mark.trial.isBaseline ? "mark baseline" : onFront ? "mark best" : "mark"
        let (least, most) = (self.x(mark.cost.least, costs), self.x(mark.cost.most, costs))
        let spread =
            "<line x1=\"\(Markup.place(least))\" x2=\"\(Markup.place(most))\" y1=\"\(y)\" y2=\"\(y)\"/>"
        let isNamed = onFront || mark.trial.isBaseline
        let label = isNamed ? labels.label(number, x: place.x + 8, y: place.y - 6) : ""
        return
            "<a href=\"#trial-\(number)\" class=\"\(kind)\">\(spread)<circle cx=\"\(x)\" cy=\"\(y)\" r=\"5\"/>\(label)"
            + "<title>\(number): \(Markup.text(mark.trial.name)), \(Markup.short(mark.cost.median)), "
            + "\(Markup.decibels(mark.psnr)) dB</title></a>"
    }
}
