import Foundation
import TestSupport
import Testing
import Tuning

struct ReportTests {
    private func report(of sweep: SmallSweep, failing: Bool = false) throws -> String {
        let directory = try sweep.open()
        var records = [sweep.record(0), sweep.record(1), sweep.record(2)]
        if failing {
            records[2] = RunRecord(
                trial: sweep.definition.trials[2], of: sweep.definition.cases[0], repetition: 0)
            records[2].error = "--steps 12: <no>"
        }
        for record in records {
            try directory.append(record)
            guard let clip = record.clip else { continue }
            try Data("clip \(record.trial)".utf8).write(to: directory.url.appendingPathComponent(clip))
        }
        try directory.writeResults()
        return try String(contentsOf: directory.url.appendingPathComponent("report.html"), encoding: .utf8)
    }

    @Test func oneFileHoldsRowsPicturesClipsAndCommands() throws {
        let sweep = try SmallSweep()
        let html = try report(of: sweep)
        #expect(html.matches(of: /<tr id="trial-\d+"/).count == 3)
        #expect(
            html.matches(of: #/<svg /#).count == 2 && html.matches(of: #/<polyline class="front"/#).count == 2
        )
        #expect(html.contains(Data("clip 1".utf8).base64EncodedString()))
        #expect(html.contains("--steps 6 --seed 2 -o clip.mp4"))
        // Times fall and pictures get worse from trial to trial: all three are on the front.
        #expect(html.matches(of: /class="mark (best|baseline)"/).count == 4)
        // Nothing comes from anywhere else.
        #expect(html.firstMatch(of: /(src|href)="[^#]/) == nil)
        #expect(html.firstMatch(of: /https?:|@import|url\(/) == nil)
    }

    @Test func textOfAUserIsNoMarkup() throws {
        let html = try report(of: SmallSweep(prompts: ["</script><b onclick=\"x\">"]), failing: true)
        #expect(!html.contains("<b onclick"))
        #expect(html.contains("&lt;/script&gt;&lt;b onclick=&quot;x&quot;&gt;"))
        #expect(html.components(separatedBy: "</script>").count == 3)
        #expect(html.contains("failed: --steps 12: &lt;no&gt;"))
        #expect(html.contains("1 trial failed."))
    }

    @Test func clipsThatAreTooLargeStayBesideTheReport() throws {
        let sweep = try SmallSweep()
        let clip = URL(fileURLWithPath: sweep.path).appendingPathComponent(
            "clips/trial-0-prompt-1-seed-1.mp4")
        let directory = try sweep.open()
        try directory.append(sweep.record(0))
        try Data().write(to: clip)
        truncate(clip.path, ReportClips.mostBytes + 1)
        let summaries = [TrialSummary(sweep.definition.trials[0], records: [sweep.record(0)])]
        let clips = ReportClips(directory, summaries: summaries, best: [])
        #expect(!clips.areInside && clips.trials[0].clips == ["clips/trial-0-prompt-1-seed-1.mp4", nil])
        try directory.writeResults()
        let html = try String(
            contentsOf: directory.url.appendingPathComponent("report.html"), encoding: .utf8)
        #expect(html.contains("The clips are too large to lie in this file"))
    }

    @Test(arguments: [
        ([0.2, 0.9], 0.0, 1.0, 1), ([85.0, 120], 80, 120, 0), ([5.0], 5, 5.5, 1), ([0.0], 0, 0.1, 2),
        ([], 0, 1, 1), ([12, 47.5], 0, 50, 0), ([0.00012, 0.00031], 0, 0.0004, 4),
    ])
    func axesHaveRoundNumbers(values: [Double], low: Double, high: Double, digits: Int) throws {
        let scale = AxisScale(values)
        #expect(
            abs(scale.range.lowerBound - low) < 1e-9 && abs(scale.range.upperBound - high) < 1e-9, "\(scale)")
        #expect(scale.digits == digits)
        #expect(
            (2...11).contains(scale.ticks.count) && values.allSatisfy { (0...1).contains(scale.share($0)) })
    }

    @Test(arguments: [
        ([35.4, 284, 1348], [20.0, 50, 100, 200, 500, 1000, 2000], "50"),
        ([0.3, 0.7, 7.8], [0.2, 0.5, 1, 2, 5, 10], "0.5"),
        ([0.001, 20], [0.001, 0.01, 0.1, 1, 10, 100], "0.01"),
    ])
    func costsThatSpreadFarAreLogarithmic(values: [Double], ticks: [Double], second: String) {
        let scale = AxisScale(costs: values)
        #expect(scale.isLogarithmic && scale.label(scale.ticks[1]) == second)
        #expect(
            scale.ticks.count == ticks.count && zip(scale.ticks, ticks).allSatisfy { abs($0 / $1 - 1) < 1e-9 }
        )
        #expect(scale.share(ticks[0]) == 0 && abs(scale.share(ticks[ticks.count - 1]) - 1) < 1e-9)
        let (near, far) = (
            scale.share(values[0] * 2) - scale.share(values[0]), scale.share(6) - scale.share(3)
        )
        #expect(abs(near - far) < 1e-9, "equal ratios are equal ways")
    }

    @Test(arguments: [[1.0, 9.9], [0, 50], [-1, 50], []])
    func otherCostsAreNot(values: [Double]) {
        let (scale, plain) = (AxisScale(costs: values), AxisScale(values))
        #expect(!scale.isLogarithmic && scale.range == plain.range && scale.ticks == plain.ticks)
    }

    @Test func numbersDoNotLieOnEachOther() {
        var labels = PictureLabels()
        #expect(labels.label(12, x: 100, y: 50) == "<text x=\"100.0\" y=\"50.0\">12</text>")
        #expect(labels.label(3, x: 115, y: 45).isEmpty && labels.label(3, x: 93, y: 61).isEmpty)
        #expect(!labels.label(3, x: 117, y: 50).isEmpty && !labels.label(4, x: 100, y: 63).isEmpty)
    }
}
