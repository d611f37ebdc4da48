import Foundation
import Zoetrope

/// Plans as lines of text.
enum PlanText {
    static func one(_ plan: RunPlan) -> String {
        let settings = plan.settings
        var lines = [
            "\(settings.width)x\(settings.height), \(settings.frames) frames, \(tokens(plan)) tokens, "
                + "\(settings.steps) steps of \(settings.sampler.rawValue), guidance \(settings.guidance)",
            "",
            row("stage", "memory", "time", "what it holds"),
        ]
        for stage in plan.memory {
            let time = plan.seconds?[stage.stage.rawValue].map(seconds) ?? ""
            let parts = stage.parts.prefix(4).filter { $0.bytes >= 1 << 19 }
                .map { "\(name(of: $0.use)) \(bytes($0.bytes))" }
            lines.append(
                row(stage.stage.rawValue, bytes(stage.peakBytes), time, parts.joined(separator: ", ")))
        }
        lines.append(
            row("libraries", bytes(plan.libraryBytes), "", "the program, FFmpeg, OpenBLAS, the tokenizer"))
        let total = plan.totalSeconds.map(seconds) ?? ""
        let operations = plan.operations.values.flatMap(\.values).reduce(0, +)
        lines.append(
            row("peak", bytes(plan.peakBytes), total, "\(count(operations)) operations"))
        if let note = savings(plan) { lines += ["", note] }
        if let peak = plan.peakStage, let part = peak.parts.first {
            lines += [
                "", "Most is held while the run is in '\(peak.stage.rawValue)', by \(explained(part.use)).",
            ]
        }
        return lines.joined(separator: "\n")
    }

    static func table(_ plans: [RunPlan]) -> String {
        let head = "size        frames    tokens      peak  stage           time"
        return
            ([head]
            + plans.map { plan in
                let size = "\(plan.settings.width)x\(plan.settings.height)"
                return [
                    padded(size, 10), left("\(plan.settings.frames)", 7),
                    left("\(plan.stepTokens.max() ?? 0)", 9),
                    left(bytes(plan.peakBytes), 9), " " + padded(plan.peakStage?.stage.rawValue ?? "", 8),
                    left(plan.totalSeconds.map(seconds) ?? "", 11),
                ].joined(separator: " ")
            }).joined(separator: "\n")
    }

    private static func row(_ name: String, _ memory: String, _ time: String, _ text: String) -> String {
        "\(padded(name, 9)) \(left(memory, 9))  \(left(time, 11))  \(text)"
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private static func left(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }

    private static func tokens(_ plan: RunPlan) -> String {
        let (fewest, most) = (plan.stepTokens.min() ?? 0, plan.stepTokens.max() ?? 0)
        return fewest == most ? "\(most)" : "\(fewest) to \(most)"
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
        case "caches": "caches"
        case "waiting": "kept blocks"
        default: use
        }
    }

    /// What a use is and what changes it.
    private static func explained(_ use: String) -> String {
        switch use {
        case "mapped":
            "weights that were read in their file; --precision int8 holds them in fewer bytes, --max-memory reads them "
                + "anew at each pass"
        case "weights": "weights; a smaller model or patch size list is the only way around them"
        case "caches":
            "what the decoder remembers of earlier frames; it grows with width times height, not with frames; --max-memory can "
                + "put it into a file"
        case "activations":
            "activations; they grow with the number of tokens, so a coarser --patch or fewer pixels help"
        case "attention": "keys and values as attention lays them out; --precision int8 takes a quarter"
        default: use
        }
    }

    private static func savings(_ plan: RunPlan) -> String? {
        let savings = plan.savings
        var ways: [String] = []
        if savings.streamsWeights { ways.append("the transformer's weights are read anew at each pass") }
        if savings.cachesOnDisk {
            ways.append("earlier frames lie in a file of \(bytes(plan.fileBytes)) beside the output")
        }
        if savings.keepsNoBlocks { ways.append("freed memory is given back at once") }
        return ways.isEmpty ? nil : "To stay under the cap " + ways.joined(separator: ", ") + "."
    }
}
