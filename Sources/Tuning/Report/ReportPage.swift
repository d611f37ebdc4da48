import Zoetrope

/// `report.html`: what a sweep found, in one file that needs no network.
package struct ReportPage {
    private let directory: SweepDirectory
    private let records: [RunRecord]
    private let summaries: [TrialSummary]

    /// - Parameter judged: what the judge said, by the numbers of trials
    package init(
        _ directory: SweepDirectory, records: [RunRecord], judged: [Int: JudgedTrial] = [:]
    ) {
        self.directory = directory
        self.records = records
        summaries = directory.definition.trials.map { TrialSummary($0, records: records, judged: judged) }
    }

    private var definition: SweepDefinition { directory.definition }

    private var plots: [ScatterPlot] {
        [
            plot("time", "Time and picture", costName: "seconds of a run") { $0.totalSeconds },
            plot("work", "Work and picture", costName: "operations of the steps, 10⁹") { summary in
                summary.isWorkCut ? nil : summary.operations.flatMap { Spread([$0 * 1e-9]) }
            },
            plot("memory", "Memory and picture", costName: "peak memory, MiB") {
                $0.peakBytes?.scaled(by: 1 / 1_048_576)
            },
        ].filter { !$0.marks.isEmpty }
    }

    /// Trials on a front.
    private var best: Set<Int> { Set(plots.flatMap { $0.front.map(\.trial) }) }

    package var pictures: [ReportPicture] {
        plots.map(\.picture) + [StepCurves(summaries, best: best).picture].compactMap { $0 }
    }

    /// `results.md`.
    package var markdown: String {
        ReportTable(definition: definition, summaries: summaries, best: best).markdown
    }

    /// - Throws: where JSON cannot be made
    package func html() throws -> String {
        let best = best
        let clips = ReportClips(directory, summaries: summaries, best: best)
        let table = ReportTable(definition: definition, summaries: summaries, best: best)
        return """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Sweep of \(Markup.text(definition.model.name))</title>
            <style>\(ReportStyle.css)</style></head><body>
            \(head)
            <h2>What is worth its price</h2>
            <p>The dashed line joins the trials that no other one beats both in cost and in picture. The ring is the \
            baseline; “same” are trials without any difference from it. The lines by step, for trials with as many steps as \
            the baseline, say where the latents part.</p>
            <div class="plots">\(pictures.map(\.figure).joined(separator: "\n"))</div>
            <h2>Clips</h2>
            \(Self.tools(clips))
            <h2>Trials</h2>
            <p>A click on a column’s name sorts by it. Times are medians over all runs, pictures medians over clips.</p>
            \(table.html)
            <script type="application/json" id="clips">\(try Markup.json(clips))</script>
            <script>\(ReportScript.javascript)</script>
            </body></html>

            """
    }

    private var head: String {
        let count = definition.trials.count - 1
        let failed = summaries.filter { $0.error != nil }.count
        let machine =
            records.compactMap(\.cost).first.map { ", kernels \($0.kernels), \($0.threads) threads" } ?? ""
        let failures = failed == 0 ? "" : " \(failed) \(failed == 1 ? "trial" : "trials") failed."
        return """
            <h1>Sweep of \(Markup.text(definition.model.name))</h1>
            <p>\(count) \(count == 1 ? "trial" : "trials") beside the baseline, \(definition.prompts.count) \
            \(definition.prompts.count == 1 ? "prompt" : "prompts"), \(definition.seeds.count) \
            \(definition.seeds.count == 1 ? "seed" : "seeds"), \(records.filter { $0.cost != nil }.count) runs.\(failures)</p>
            <p>Zoetrope \(Markup.text(definition.zoetrope)), model \(Markup.text(definition.model.hash))\
            \(Markup.text(machine)).</p>
            """
    }

    private static func tools(_ clips: ReportClips) -> String {
        let note =
            clips.areInside
            ? ""
            : "<p>The clips are too large to lie in this file; they play as long as it lies beside clips/.</p>"
        return """
            \(note)<div class="tools"><select id="case" aria-label="prompt and seed"></select>
            <select id="which" aria-label="trials"><option value="best">best trials</option>\
            <option value="all">all trials</option></select>
            <button type="button" id="play">Play</button>
            <input type="range" id="place" min="0" max="1" step="any" value="0" aria-label="place in the clips"></div>
            <div class="clips" id="stage"></div>
            """
    }

    private func plot(
        _ name: String, _ title: String, costName: String, _ cost: (TrialSummary) -> Spread?
    ) -> ScatterPlot {
        ScatterPlot(
            name: name, title: title, costName: costName,
            marks: summaries.compactMap { summary in
                guard let cost = cost(summary), let psnr = summary.psnr?.median else { return nil }
                return ScatterPlot.Mark(trial: summary.trial, cost: cost, psnr: psnr)
            })
    }
}

extension Spread {
    func scaled(by factor: Double) -> Spread? { Spread([least, median, most].map { $0 * factor }) }
}
