import Foundation
import Zoetrope

/// Plans as lines of text.
enum PlanText {
    /// - Parameter alternatives: options that would bring the peak down, and how far
    static func one(_ plan: RunPlan, alternatives: [(option: String, peakBytes: Int)]) -> String {
        let head = SettingsText.line(plan.settings, stepTokens: plan.stepTokens)
        let lines = [head, "", stageTable(plan)] + savings(plan) + advice(plan)
        return
            (lines
            + alternatives.map { "With \($0.option) the peak can come down to \(byteText($0.peakBytes))." })
            .joined(separator: "\n")
    }

    private static func stageTable(_ plan: RunPlan) -> String {
        let stages = plan.memory.map { stage in
            [
                stage.stage.rawValue, byteText(stage.peakBytes),
                plan.seconds?[stage.stage.rawValue].map(durationText) ?? "",
                stage.parts.prefix(4).filter { $0.bytes >= 1 << 19 }
                    .map { "\(name(of: $0.use)) \(byteText($0.bytes))" }.joined(separator: ", "),
            ]
        }
        let operations = plan.operations.values.flatMap(\.values).reduce(0, +)
        let rows =
            [["stage", "memory", "time", "what it holds"]] + stages + [
                [
                    "libraries", byteText(plan.libraryBytes), "",
                    "the program, FFmpeg, OpenBLAS, the tokenizer",
                ],
                [
                    "peak", byteText(plan.peakBytes), plan.totalSeconds.map(durationText) ?? "",
                    "\(count(operations)) operations",
                ],
            ]
        return aligned(rows, left: [0, 3])
    }

    static func table(_ plans: [RunPlan]) -> String {
        let rows = plans.map { plan in
            [
                "\(plan.settings.width)x\(plan.settings.height)", "\(plan.settings.frames)",
                SettingsText.span(plan.stepTokens),
                byteText(plan.peakBytes), plan.peakStage?.stage.rawValue ?? "",
                plan.totalSeconds.map(durationText) ?? "",
            ]
        }
        return aligned([["size", "frames", "tokens", "peak", "stage", "time"]] + rows, left: [0, 4])
    }

    /// Columns as wide as their widest cell, those in `left` to the left and the others to the right.
    private static func aligned(_ rows: [[String]], left: Set<Int>) -> String {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = row.enumerated().map { column, cell in
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                return left.contains(column) ? cell + padding : padding + cell
            }
            let line = cells.joined(separator: "  ")
            return String(line[...(line.lastIndex { $0 != " " } ?? line.startIndex)])
        }.joined(separator: "\n")
    }

    /// "1.3 T"
    private static func count(_ operations: Int) -> String {
        let units = ["", " k", " M", " G", " T", " P", " E"]
        let power = min(units.count - 1, max(0, Int(log10(Double(max(1, operations))) / 3)))
        return String(format: "%.3g", Double(operations) / pow(1000, Double(power))) + units[power]
    }

    private static func name(of use: String) -> String {
        switch use {
        case "mapped": "weights in their file"
        case "waiting": "kept blocks"
        default: use
        }
    }

    /// What is done to stay under a cap.
    private static func savings(_ plan: RunPlan) -> [String] {
        let ways = plan.savings.ways(fileBytes: plan.fileBytes, streamedBytes: plan.streamedBytes)
        return ways.isEmpty ? [] : ["", "To stay under the cap " + ways.joined(separator: ", ") + "."]
    }

    /// Where most is held, and what would change that.
    private static func advice(_ plan: RunPlan) -> [String] {
        guard let peak = plan.peakStage, let part = peak.parts.first else { return [] }
        let reason =
            switch part.use {
            case "mapped": "weights as they are read in their file"
            case "weights": "weights that were laid out anew"
            case "caches":
                "what the decoder remembers of earlier frames: it grows with width and height, not with frames"
            case "activations": "activations: they grow with the tokens, which a coarser --patch makes fewer"
            case "attention":
                "keys and values as attention lays them out; --precision fp16 takes half, int8 a quarter"
            default: name(of: part.use)
            }
        return ["", "Most is held in the stage '\(peak.stage.rawValue)', by \(reason)."]
    }
}
