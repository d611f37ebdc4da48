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

    /// The same for a document.
    var markdown: String {
        func line(_ cells: [String]) -> String {
            "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
        }
        let rows = summaries.map { summary in
            line(
                columns.map { column in
                    let cell = column.cell(summary)
                    return cell.note.isEmpty ? cell.text : "\(cell.text) (\(cell.note))"
                })
        }
        return ([line(columns.map(\.title)), line(columns.map { _ in "---" })] + rows).joined(separator: "\n")
            + "\n"
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
        let judged = summaries.contains { $0.judged != nil } ? [Self.adherence] : []
        return costs + qualities + judged
    }

    private var costs: [Column] {
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
            Column(
                title: "peak MiB", hint: "largest resident set of the process, median; as it was planned"
            ) { summary in
                let planned = summary.plan.map { Markup.short(Markup.mebibytes(Double($0.peakBytes))) }
                let note = planned.map { "planned \($0)" } ?? ""
                guard let peak = summary.peakBytes?.median else { return Cell(note: note) }
                return Cell(text: Markup.short(Markup.mebibytes(peak)), value: peak, note: note)
            },
            Column(title: "tokens", hint: "in the step with most of them; mean over steps") { summary in
                guard let most = summary.mostTokens, let mean = summary.meanTokens else { return Cell() }
                return Cell(text: "\(most)", value: mean, note: "mean \(Markup.short(mean))")
            },
            Column(title: "passes", hint: "through the transformer, median; and those that a cache cut short")
            {
                Self.passes($0)
            },
            Column(
                title: "10⁹ operations",
                hint: "of the sampling steps, as planned; at most so many where a cache cut passes short"
            ) { summary in
                guard let operations = summary.operations else { return Cell() }
                let billions = operations * 1e-9
                return Cell(
                    text: (summary.isWorkCut ? "≤ " : "") + Markup.short(billions), value: billions)
            },
            Column(
                title: "of the rates",
                hint: "seconds that the steps take at the machine's rates over those that they took"
            ) {
                $0.shareOfRates.map { Cell(text: "\(Markup.number($0 * 100, 0)) %", value: $0) } ?? Cell()
            },
        ]
    }

    private var qualities: [Column] {
        [
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

    private static var adherence: Column {
        Column(
            title: "judged", hint: "clips with the right subject and motion; and each of them, and background"
        ) { summary in
            guard let judged = summary.judged, let both = judged.subjectAndMotion else { return Cell() }
            let parts = ["subject", "motion", "background"].compactMap { name in
                judged.shares[name].map { "\(name) \(Markup.number($0 * 100, 0))" }
            }
            return Cell(
                text: "\(Markup.number(both * 100, 1)) %", value: both,
                note: parts.joined(separator: ", ") + ", of \(judged.clips)")
        }
    }

    private static func passes(_ summary: TrialSummary) -> Cell {
        guard let computed = summary.computedPasses?.median, let cached = summary.cachedPasses?.median,
            computed > 0
        else { return Cell() }
        return Cell(
            text: Markup.number(computed, 0), value: computed,
            note: cached > 0 ? "\(Markup.number(cached, 0)) cut short" : "")
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
