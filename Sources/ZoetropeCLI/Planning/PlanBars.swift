import Foundation
import Zoetrope

/// What each stage of one plan holds as an SVG picture: a bar for each stage, cut by what the memory is held for.
struct PlanBars {
    let plan: RunPlan

    private static let width = 720.0
    private static let (left, right, top, row) = (80.0, 90.0, 44.0, 34.0)
    private static let uses: [(name: String, text: String, light: String, dark: String)] = [
        ("mapped", "weights in their file", "#2563eb", "#7aa2ff"),
        ("weights", "weights laid out anew", "#60a5fa", "#3b6fd1"),
        ("activations", "activations", "#16a34a", "#5fd38a"),
        ("attention", "keys and values for attention", "#d97706", "#f0b35a"),
        ("caches", "caches", "#9333ea", "#c39bff"),
        ("frames", "frames", "#0d9488", "#5fd0c5"),
        ("scratch", "scratch of threads", "#78716c", "#a8a29e"),
        ("waiting", "kept blocks", "#d6d3d1", "#57534e"),
        ("libraries", "program and libraries", "#a3a3a3", "#737373"),
    ]

    var svg: String {
        let bars = plan.memory.map { ($0.stage.rawValue, Self.parts(of: $0, libraries: plan.libraryBytes)) }
        let most = bars.map { $0.1.reduce(0) { $0 + $1.bytes } }.max() ?? 1
        let scale = (Self.width - Self.left - Self.right) / Double(max(1, most))
        let seen = Self.uses.filter { use in
            bars.contains { $0.1.contains { $0.use == use.name && $0.bytes > 0 } }
        }
        let legendTop = Self.top + Self.row * Double(bars.count) + 16
        let height = legendTop + 20 * Double((seen.count + 1) / 2) + 10
        let rows = bars.enumerated().map { index, bar in
            Self.bar(bar.0, bar.1, at: Self.top + Self.row * Double(index), scale)
        }
        let legend = seen.enumerated().map { index, use in
            Self.entry(use.name, use.text, column: index % 2, y: legendTop + 20 * Double(index / 2))
        }
        let settings = plan.settings
        let title =
            "\(settings.width)x\(settings.height), \(settings.frames) frames, \(plan.stepTokens.max() ?? 0) tokens"
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Self.width) \(height)" \
            font-family="system-ui, sans-serif" font-size="12">
            <style>
            svg { background: #fff } text { fill: #1a1a1a }
            \(Self.uses.map { ".\($0.name) { fill: \($0.light) }" }.joined(separator: " "))
            @media (prefers-color-scheme: dark) { svg { background: #16181d } text { fill: #e6e6e6 }
            \(Self.uses.map { ".\($0.name) { fill: \($0.dark) }" }.joined(separator: " ")) }
            </style>
            <text x="\(Self.left)" y="24" font-weight="600">memory of each stage: \(title)</text>
            \((rows + legend).joined(separator: "\n"))
            </svg>

            """
    }

    private static func parts(of stage: StageMemory, libraries: Int) -> [(use: String, bytes: Int)] {
        let held = Dictionary(stage.parts.map { ($0.use, $0.bytes) }, uniquingKeysWith: +)
        return uses.map { ($0.name, $0.name == "libraries" ? libraries : held[$0.name] ?? 0) }
    }

    private static func bar(
        _ name: String, _ parts: [(use: String, bytes: Int)], at y: Double, _ scale: Double
    ) -> String {
        var x = left
        var lines = ["<text x=\"\(left - 8)\" y=\"\(y + 17)\" text-anchor=\"end\">\(name)</text>"]
        for (use, count) in parts where count > 0 {
            let length = Double(count) * scale
            lines.append(
                "<rect class=\"\(use)\" x=\"\(rounded(x))\" y=\"\(y)\" width=\"\(rounded(length))\" height=\"24\">"
                    + "<title>\(use): \(byteText(count))</title></rect>")
            x += length
        }
        let total = parts.reduce(0) { $0 + $1.bytes }
        lines.append("<text x=\"\(rounded(x + 6))\" y=\"\(y + 17)\">\(byteText(total))</text>")
        return lines.joined(separator: "\n")
    }

    private static func entry(_ use: String, _ text: String, column: Int, y: Double) -> String {
        let x = left + 300 * Double(column)
        return "<rect class=\"\(use)\" x=\"\(x)\" y=\"\(y)\" width=\"12\" height=\"12\"/>"
            + "<text x=\"\(x + 18)\" y=\"\(y + 10)\">\(text)</text>"
    }

    private static func rounded(_ value: Double) -> Double { (value * 10).rounded() / 10 }
}
