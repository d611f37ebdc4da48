/// The trials as a table; its script sorts rows by the numbers in `data-value`.
struct ReportTable {
    let definition: SweepDefinition
    let summaries: [TrialSummary]
    /// Trials on a Pareto front.
    let best: Set<Int>

    private struct Column {
        let title: String
        let hint: String
        let cell: (TrialSummary) -> Cell
    }

    private struct Cell {
        var text = ""
        /// What is sorted by; nil comes last.
        var value: Double?
        var note = ""
    }

    var html: String {
        let heads = columns.map { column in
            "<th scope=\"col\" title=\"\(Markup.text(column.hint))\"><button type=\"button\">\(column.title)</button></th>"
        }
        return """
            <div class="scroll"><table id="trials"><thead><tr>\(heads.joined())<th scope="col">command</th></tr></thead>
            <tbody>
            \(summaries.map(row).joined(separator: "\n"))
            </tbody></table></div>
            """
    }

    private func row(_ summary: TrialSummary) -> String {
        let number = summary.trial.number
        let kinds = [
            summary.trial.isBaseline ? "baseline" : nil, best.contains(number) ? "best" : nil,
            summary.error == nil ? nil : "failed",
        ]
        let cells = columns.map { column in
            let cell = column.cell(summary)
            let note = cell.note.isEmpty ? "" : " <small>\(Markup.text(cell.note))</small>"
            let value = cell.value.map { "\($0)" } ?? ""
            return "<td data-value=\"\(value)\">\(Markup.text(cell.text))\(note)</td>"
        }
        return "<tr id=\"trial-\(number)\" class=\"\(kinds.compactMap { $0 }.joined(separator: " "))\">"
            + cells.joined() + "<td>\(commands(of: summary.trial))</td></tr>"
    }

    /// One for each clip.
    private func commands(of trial: Trial) -> String {
        let lines = definition.cases.map { Markup.text(Repetition.command(trial, $0, of: definition)) }
        return "<details><summary>show</summary><pre>\(lines.joined(separator: "\n"))</pre></details>"
    }

    private var columns: [Column] {
        [
            Column(title: "#", hint: "number of the trial") {
                Cell(text: "\($0.trial.number)", value: Double($0.trial.number))
            },
            Column(title: "trial", hint: "what it changes") {
                Cell(text: $0.trial.name, note: $0.error.map { "failed: \($0)" } ?? "")
            },
            Column(title: "seconds", hint: "seconds of a run, median; least to most") {
                Self.seconds($0.totalSeconds)
            },
            Column(title: "transformer", hint: "seconds of all transformer steps, median; least to most") {
                Self.seconds($0.transformerSeconds)
            },
            Column(title: "peak MiB", hint: "largest resident set of the process, median") {
                Self.median($0.peakBytes) { Markup.short(Markup.mebibytes($0)) }
            },
            Column(title: "tokens", hint: "in the step with most of them; mean over steps") { summary in
                guard let most = summary.mostTokens, let mean = summary.meanTokens else { return Cell() }
                return Cell(text: "\(most)", value: mean, note: "mean \(Markup.short(mean))")
            },
            Column(title: "PSNR dB", hint: "against the baseline, median over clips; least") {
                Self.quality($0.psnr, Markup.decibels)
            },
            Column(title: "SSIM", hint: "against the baseline, median over clips; least") {
                Self.quality($0.ssim) { Markup.number($0, 4) }
            },
            Column(title: "latent L2", hint: "relative L2 difference of the clean latents, median over clips")
            {
                Self.median($0.latentRelativeL2) { Markup.number($0, 4) }
            },
            Column(
                title: "flicker", hint: "change from frame to frame over the baseline's, median over clips"
            ) {
                Self.median($0.flickerRatio) { Markup.number($0, 2) + "x" }
            },
        ]
    }

    private static func seconds(_ spread: Spread?) -> Cell {
        guard let spread else { return Cell() }
        return Cell(
            text: Markup.short(spread.median), value: spread.median,
            note: "\(Markup.short(spread.least)) to \(Markup.short(spread.most))")
    }

    private static func median(_ spread: Spread?, _ text: (Double) -> String) -> Cell {
        spread.map { Cell(text: text($0.median), value: $0.median) } ?? Cell()
    }

    private static func quality(_ spread: Spread?, _ text: (Double) -> String) -> Cell {
        guard let spread else { return Cell() }
        let least = spread.least == spread.median ? "" : "least \(text(spread.least))"
        return Cell(text: text(spread.median), value: spread.median, note: least)
    }
}
