internal import Zoetrope

/// For each stage what was held when most was held, by use, with the parts of the model that held it.
struct PeakTable {
    private let profile: Profile

    init(_ profile: Profile) { self.profile = profile }

    var html: String {
        """
        <div class="scroll"><table>
        <thead><tr><th>stage</th><th class="text">held for</th><th>bytes</th><th class="wide">share of the peak</th>\
        <th class="text">held most by</th></tr></thead>
        \(profile.stages.map(body).joined(separator: "\n"))
        </table></div>
        <p>“Waiting” is memory without a tensor, kept for the next one of its size. “Mapped” are weights that lie in \
        their file and were read.</p>
        """
    }

    private func body(_ stage: StageProfile) -> String {
        let total =
            "<tr class=\"total\"><th>\(stage.stage.rawValue)</th><td></td><td>\(byteText(stage.peakBytes))</td>"
            + "<td></td><td></td></tr>"
        return "<tbody>\(total)\n" + stage.parts.map { row($0, of: stage) }.joined(separator: "\n")
            + "</tbody>"
    }

    private func row(_ part: MemoryPart, of stage: StageProfile) -> String {
        let owners = part.owners.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.map {
            "\(Words.markup($0.key)) \(byteText($0.value))"
        }
        return """
            <tr><td></td><td><i style="background:\(PageColors.use(part.use))"></i>\(Words.markup(part.use))</td>\
            <td>\(byteText(part.bytes))</td>\
            <td>\(Bar(Double(part.bytes), of: Double(stage.peakBytes), color: PageColors.use(part.use)).html)</td>\
            <td class="text">\(owners.joined(separator: ", "))</td></tr>
            """
    }
}

/// A part of a whole as a bar with its share beside it.
struct Bar {
    private let share: Double
    private let color: String
    private let label: String

    init(_ part: Double, of whole: Double, color: String) {
        share = whole > 0 ? min(1, max(0, part / whole)) : 0
        label = Words.share(part, of: whole)
        self.color = color
    }

    var html: String {
        "<span class=\"bar\"><span style=\"width:\(Words.percent(share));background:\(color)\"></span></span>"
            + "<span class=\"share\">\(label)</span>"
    }
}
