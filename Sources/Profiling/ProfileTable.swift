internal import Zoetrope

/// The profile in a few lines of text.
package struct ProfileTable {
    private let profile: Profile

    package init(_ profile: Profile) { self.profile = profile }

    package var text: String {
        let memory = profile.memory
        var lines = Self.aligned(
            [["stage", "time", "in kernels", "peak", "planned"]] + profile.stages.map(row))
        lines +=
            [""]
            + Self.aligned(
                [["kernel", "time", "of all", "GFLOP/s", "of ceiling"]]
                    + KernelClass.all(of: profile).map(row))
        lines.append("")
        if let resident = memory.residentPeakBytes {
            lines.append(
                "resident at most \(byteText(resident)), planned \(byteText(memory.plannedPeakBytes)); "
                    + "program and libraries \(byteText(memory.untrackedAtPeakBytes ?? 0)) of it")
        }
        return lines.joined(separator: "\n")
    }

    private func row(_ stage: StageProfile) -> [String] {
        [
            stage.stage.rawValue, durationText(stage.seconds),
            Words.share(stage.kernelSeconds, of: stage.seconds),
            byteText(stage.peakBytes), stage.plannedPeakBytes.map(byteText) ?? "-",
        ]
    }

    private func row(_ kernel: KernelClass) -> [String] {
        [
            kernel.kind, durationText(kernel.seconds), Words.share(kernel.seconds, of: profile.totalSeconds),
            Words.number(kernel.operationsPerSecond / 1e9),
            kernel.shareOfCeiling.map { Words.share($0, of: 1) } ?? "-",
        ]
    }

    /// Columns as wide as their widest cell, the first to the left, the others to the right.
    private static func aligned(_ rows: [[String]]) -> [String] {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            row.enumerated().map { column, cell in
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                return column == 0 ? cell + padding : padding + cell
            }.joined(separator: "  ")
        }
    }
}
