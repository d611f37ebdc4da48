import Foundation
internal import Zoetrope

/// Memory over time: tensors and mapped weights by use, stacked; on top of them what else is resident; the resident set as
/// a line; stages marked. The picture stretches with the page, so text stands beside it and not in it.
struct MemoryChart {
    private let timeline: MemoryTimeline
    private let stages: [StageInterval]
    private let begin: Double
    private let end: Double
    /// Bytes at the upper edge.
    private let top: Double

    init(_ profile: Profile) {
        timeline = profile.memory.timeline
        stages = profile.memory.stages
        begin = profile.memory.beginSeconds
        end = max(profile.memory.beginSeconds + 1e-9, profile.memory.beginSeconds + profile.totalSeconds)
        let most = timeline.moments.map { max($0.bytes.reduce(0, +), $0.residentBytes ?? 0) }.max() ?? 0
        top = Double(max(1, most)) * 1.05
    }

    var html: String {
        guard !timeline.moments.isEmpty else { return "<p>Nothing was held.</p>" }
        return """
            <figure class="chart"><div class="stages">\(stages.map(label).joined())</div>
            <div class="plot" id="plot"><svg viewBox="0 0 1000 1000" preserveAspectRatio="none" role="img" \
            aria-label="memory over time">
            \(levels.map { "<line class=\"grid\" x1=\"0\" x2=\"1000\" y1=\"\(y($0))\" y2=\"\(y($0))\"/>" }.joined())
            \(areas.joined(separator: "\n"))
            \(stages.dropFirst().map { "<line class=\"stage\" y1=\"0\" y2=\"1000\" x1=\"\(x($0.begin))\" x2=\"\(x($0.begin))\"/>" }.joined())
            \(residentLine)</svg>
            \(levels.map { "<span class=\"level\" style=\"bottom:\(Words.percent($0 / top))\">\(byteText(Int($0)))</span>" }.joined())
            <span id="cursor" hidden></span></div>
            <div class="times">\(times.map { "<span>\($0)</span>" }.joined())</div>
            <ul class="legend">\(legend)</ul><ul class="legend" id="readout"></ul></figure>
            """
    }

    /// What the page's script needs, safe inside a script element.
    func json() throws -> String {
        struct Data: Encodable {
            let begin: Double, end: Double, uses: [String], moments: [MemoryTimeline.Moment],
                stages: [StageInterval]
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let data = Data(
            begin: begin, end: end, uses: timeline.uses, moments: timeline.moments, stages: stages)
        return String(decoding: try encoder.encode(data), as: UTF8.self).replacing("<", with: "\\u003c")
    }

    private func label(_ stage: StageInterval) -> String {
        let name = Words.markup(stage.name)
        let title = "\(name) \(durationText(stage.end - stage.begin))"
        let share = (stage.end - stage.begin) / (end - begin)
        return "<span style=\"left:\(Words.percent((stage.begin - begin) / (end - begin)));"
            + "width:\(Words.percent(share))\" title=\"\(title)\">\(share < 0.04 ? "" : title)</span>"
    }

    /// From the lowest use to what no tensor holds.
    private var areas: [String] {
        var floor = [Double](repeating: 0, count: timeline.moments.count)
        var areas: [String] = []
        for (index, use) in timeline.uses.enumerated() {
            let ceiling = zip(floor, timeline.moments).map { $0 + Double($1.bytes[index]) }
            areas.append(area(from: floor, to: ceiling, color: PageColors.use(use)))
            floor = ceiling
        }
        let resident = zip(floor, timeline.moments).map { max($0, Double($1.residentBytes ?? 0)) }
        areas.append(area(from: floor, to: resident, color: PageColors.untracked))
        return areas
    }

    private func area(from floor: [Double], to ceiling: [Double], color: String) -> String {
        let there = steps(ceiling)
        let back = steps(floor).reversed()
        return "<path fill=\"\(color)\" d=\"M\((there + back).joined(separator: "L"))Z\"/>"
    }

    private var residentLine: String {
        let seen = timeline.moments.compactMap(\.residentBytes)
        guard seen.count > 1 else { return "" }
        // Moments before the first sample take its value.
        let values = timeline.moments.map { Double($0.residentBytes ?? seen[0]) }
        return "<path class=\"resident\" d=\"M\(steps(values).joined(separator: "L"))\"/>"
    }

    /// Corners of a line on which a value holds from its moment to the next.
    private func steps(_ values: [Double]) -> [String] {
        let ends = timeline.moments.dropFirst().map(\.seconds) + [end]
        var corners: [String] = []
        for (index, value) in values.enumerated() {
            let (from, to) = (index == 0 ? nil : y(values[index - 1]), y(value))
            if from == to {
                corners.removeLast()
            } else {
                corners.append("\(x(timeline.moments[index].seconds)),\(to)")
            }
            corners.append("\(x(ends[index])),\(to)")
        }
        return corners
    }

    private func x(_ seconds: Double) -> String {
        String(format: "%.1f", 1000 * min(1, max(0, (seconds - begin) / (end - begin))))
    }

    private func y(_ bytes: Double) -> String { String(format: "%.1f", 1000 * (1 - bytes / top)) }

    /// Round numbers of bytes, about four.
    private var levels: [Double] {
        let rough = top / 4
        let power = pow(2, floor(log2(rough)))
        let step = rough / power > 1.5 ? power * 2 : power
        return stride(from: 0, through: top, by: step).map { $0 }
    }

    private var times: [String] {
        (0...4).map { durationText((end - begin) * Double($0) / 4) }
    }

    private var legend: String {
        let uses = timeline.uses.reversed().map { ($0, PageColors.use($0)) }
        let items = [("program and libraries", PageColors.untracked)] + uses
        return items.map { "<li><i style=\"background:\($0.1)\"></i>\(Words.markup($0.0))</li>" }.joined()
            + "<li><i class=\"line\"></i>resident set</li>"
    }
}
