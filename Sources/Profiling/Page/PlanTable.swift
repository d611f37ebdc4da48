internal import Zoetrope

/// What the plan of the same settings said, beside what the run did.
struct PlanTable {
    private let profile: Profile

    init(_ profile: Profile) { self.profile = profile }

    var html: String {
        """
        <div class="scroll"><table>
        <thead><tr><th>what</th><th>planned</th><th>measured</th><th>difference</th></tr></thead>
        <tbody>\(rows.joined(separator: "\n"))</tbody></table></div>
        <p>The plan is the same run on tensors that nobody fills, made before this one.\(note)</p>
        """
    }

    private var note: String {
        profile.outcome == .complete ? "" : " This run ended early, so it did less than planned."
    }

    private var rows: [String] {
        var rows: [String] = []
        if let resident = profile.memory.residentPeakBytes {
            rows.append(row("resident set", profile.memory.plannedPeakBytes, resident, byteText))
            rows.append(
                row(
                    "program and libraries", profile.memory.plannedUntrackedBytes,
                    profile.memory.untrackedAtPeakBytes ?? 0, byteText))
        }
        for stage in profile.stages {
            if let planned = stage.plannedPeakBytes {
                rows.append(row("\(stage.stage.rawValue): peak", planned, stage.peakBytes, byteText))
            }
            if let seconds = stage.secondsAtCeiling {
                rows.append(
                    timeRow("\(stage.stage.rawValue): seconds at the ceiling", seconds, stage.seconds))
            }
            for kind in Set(stage.operations.keys).union(stage.plannedOperations.keys).sorted() {
                rows.append(
                    row(
                        "\(stage.stage.rawValue): operations of \(kind)", stage.plannedOperations[kind] ?? 0,
                        stage.operations[kind] ?? 0, Words.operations))
            }
        }
        return rows
    }

    private func timeRow(_ name: String, _ planned: Double, _ measured: Double) -> String {
        let difference = (measured < planned ? "\u{2212}" : "+") + durationText(abs(measured - planned))
        return row(name, durationText(planned), durationText(measured), difference)
    }

    private func row(_ name: String, _ planned: Int, _ measured: Int, _ words: (Int) -> String) -> String {
        let difference =
            planned == measured
            ? "none" : (measured > planned ? "+" : "\u{2212}") + words(abs(measured - planned))
        return row(name, words(planned), words(measured), difference)
    }

    private func row(_ name: String, _ planned: String, _ measured: String, _ difference: String) -> String {
        "<tr><th>\(Words.markup(name))</th><td>\(planned)</td><td>\(measured)</td><td>\(difference)</td></tr>"
    }
}
