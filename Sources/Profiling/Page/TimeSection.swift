import Foundation
internal import Zoetrope

/// Time of each stage by kind of kernel, of each kind, and of each part of the model.
struct TimeSection {
    private let profile: Profile
    private let classes: [KernelClass]

    init(_ profile: Profile) {
        self.profile = profile
        classes = KernelClass.all(of: profile)
    }

    var html: String {
        """
        \(legend)
        <div class="rows">\(profile.stages.map(stageRow).joined(separator: "\n"))</div>
        \(kernelTable)
        \(profile.stages.map(owners).joined(separator: "\n"))
        """
    }

    private var legend: String {
        let items = classes.map {
            "<li><i style=\"background:\(PageColors.kernel($0.kind))\"></i>\($0.kind)</li>"
        }
        return "<ul class=\"legend\">\(items.joined())<li><i style=\"background:\(PageColors.rest)\"></i>"
            + "between kernels</li></ul>"
    }

    private func stageRow(_ stage: StageProfile) -> String {
        let longest = profile.stages.map(\.seconds).max() ?? 0
        let work = profile.work.filter { $0.stage == stage.stage.rawValue }
        return row(
            stage.stage.rawValue, KernelClass.all(of: work, ceiling: [:]), total: stage.seconds,
            longest: longest)
    }

    /// A bar of segments, as long as its time.
    private func row(_ name: String, _ classes: [KernelClass], total: Double, longest: Double) -> String {
        let inside = classes.reduce(0) { $0 + $1.seconds }
        let parts =
            classes.map { ($0.kind, $0.seconds, PageColors.kernel($0.kind)) }
            + [("between kernels", max(0, total - inside), PageColors.rest)]
        let segments = parts.filter { $0.1 > 0 }.map { name, seconds, color in
            "<span style=\"width:\(Words.percent(seconds / max(longest, 1e-12)));background:\(color)\" "
                + "title=\"\(name): \(durationText(seconds))\"></span>"
        }
        return
            "<div><span class=\"name\">\(Words.markup(name))</span><span class=\"bar\">\(segments.joined())</span>"
            + "<span class=\"share\">\(durationText(total))</span></div>"
    }

    private var kernelTable: String {
        let hasCeiling = classes.contains { $0.ceiling != nil }
        let rows = classes.map { kernel in
            let share =
                kernel.shareOfCeiling.map { Bar($0, of: 1, color: PageColors.kernel(kernel.kind)).html }
                ?? "-"
            return """
                <tr><th><i style="background:\(PageColors.kernel(kernel.kind))"></i>\(Words.markup(kernel.kind))</th>\
                <td>\(kernel.calls)</td><td>\(durationText(kernel.seconds))</td>\
                <td>\(Words.share(kernel.seconds, of: profile.totalSeconds))</td>\
                <td>\(Words.operations(kernel.operations))</td><td>\(Words.number(kernel.operationsPerSecond / 1e9))</td>\
                \(hasCeiling ? "<td>\(share)</td>" : "")</tr>
                """
        }
        return """
            <div class="scroll"><table>
            <thead><tr><th>kernel</th><th>calls</th><th>time</th><th>of the run</th><th>operations</th><th>GFLOP/s</th>\
            \(hasCeiling ? "<th class=\"wide\">of the machine’s ceiling</th>" : "")</tr></thead>
            <tbody>\(rows.joined(separator: "\n"))</tbody></table></div>
            """
    }

    /// Parts of the model in one stage, in their order.
    private func owners(_ stage: StageProfile) -> String {
        let work = Dictionary(grouping: profile.work.filter { $0.stage == stage.stage.rawValue }, by: \.owner)
        guard work.count > 1 else { return "" }
        let parts = work.map { owner, work in
            (
                name: owner, seconds: work.reduce(0) { $0 + $1.seconds },
                classes: KernelClass.all(of: work, ceiling: [:])
            )
        }.sorted { $0.name.localizedStandardCompare($1.name) == .orderedAscending }
        let longest = parts.map(\.seconds).max() ?? 0
        let rows = parts.map { part in
            row(
                part.name.isEmpty ? "elsewhere" : part.name, part.classes, total: part.seconds,
                longest: longest)
        }
        return "<details><summary>Kernels of \(stage.stage.rawValue) by part of the model</summary>"
            + "<div class=\"rows\">\(rows.joined(separator: "\n"))</div></details>"
    }
}
