import Foundation

/// A picture of how trials leave the baseline's path: a line for each, step by step, on a logarithmic axis.
struct StepCurves {
    /// Trials with as many steps as the baseline, whose latents differ from its own.
    let summaries: [TrialSummary]
    /// Drawn above the others, with their numbers.
    let best: Set<Int>

    private static let top = 34.0

    init(_ summaries: [TrialSummary], best: Set<Int>) {
        self.summaries = summaries.filter { $0.stepRelativeL2?.contains { $0 > 0 } == true }
        self.best = best
    }

    /// Nil where there is nothing to draw.
    var picture: ReportPicture? {
        guard !summaries.isEmpty else { return nil }
        let values = summaries.flatMap { $0.stepRelativeL2 ?? [] }.filter { $0 > 0 }.map(log10)
        let scale = AxisScale(values)
        let steps = summaries.compactMap { $0.stepRelativeL2?.count }.max() ?? 1
        let lines =
            summaries.filter { !best.contains($0.trial.number) }
            + summaries.filter { best.contains($0.trial.number) }
        var labels = PictureLabels()
        let drawn = lines.map { line($0, scale, steps: steps, &labels) }
        return ReportPicture(
            name: "steps", title: "Step by step away from the baseline",
            body: ([axes(scale, steps: steps)] + drawn).joined(separator: "\n"))
    }

    private func axes(_ scale: AxisScale, steps: Int) -> String {
        let every = max(1, (steps + 11) / 12)
        let columns = stride(from: every, through: steps, by: every).map { step in
            PictureAxes.column(at: x(step, of: steps), from: Self.top, label: "\(step)")
        }
        let rows = scale.ticks.map { tick in
            PictureAxes.row(
                at: PictureAxes.y(scale.share(tick), top: Self.top),
                label: String(format: "%.2g", pow(10, tick)))
        }
        return (columns + rows).joined(separator: "\n")
            + PictureAxes.names(across: "steps done", up: "latents, relative L2")
    }

    /// - Parameter step: from 1
    private func x(_ step: Int, of steps: Int) -> Double { PictureAxes.x(Double(step) / Double(steps + 1)) }

    /// Steps without any difference have no place on such an axis.
    private func line(
        _ summary: TrialSummary, _ scale: AxisScale, steps: Int, _ labels: inout PictureLabels
    ) -> String {
        let number = summary.trial.number
        let points = (summary.stepRelativeL2 ?? []).enumerated().filter { $0.element > 0 }.map {
            step, value in
            (x: x(step + 1, of: steps), y: PictureAxes.y(scale.share(log10(value)), top: Self.top))
        }
        guard let last = points.last else { return "" }
        let isBest = best.contains(number)
        let label = isBest ? labels.label(number, x: last.x + 6, y: last.y + 4) : ""
        return "<a href=\"#trial-\(number)\" class=\"curve\(isBest ? " best" : "")\"><polyline points=\""
            + points.map { "\(Markup.place($0.x)),\(Markup.place($0.y))" }.joined(separator: " ")
            + "\"/>\(label)"
            + "<title>\(number): \(Markup.text(summary.trial.name))</title></a>"
    }
}
