import ArgumentParser
import Zoetrope

struct InspectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract:
            "Show what a model consists of, whether it is complete, what it can do and which sizes it takes.")

    @Argument(
        help: "Directory of a Wan checkpoint in diffusers layout, or world or sprites; left out: world.")
    var model: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() async throws {
        let summary = try VideoGenerator(model: model ?? ModelOption.usual).inspect()
        if json { try printJSON(summary) } else { print(Self.text(summary)) }
        if !summary.isComplete { throw ExitCode.failure }
    }

    private static func text(_ summary: ModelSummary) -> String {
        var lines = ["\(summary.name)  \(summary.path)", "fingerprint \(summary.hash)", ""]
        for component in summary.components {
            lines.append(
                "\(component.name): \(component.parameters) parameters, \(byteText(component.bytes)), "
                    + "\(component.types.joined(separator: " ")), \(component.files) \(component.files == 1 ? "file" : "files")"
            )
            lines.append(contentsOf: component.problems.map { "  ! \($0)" })
        }
        let defaults = summary.defaults
        lines += [
            "", "Makes: \(summary.abilities.joined(separator: ", "))", "Sizes: \(summary.sizes)",
            "Patch sizes: \(summary.patchSizes.map(text).joined(separator: ", ")) (tokens of the default clip)",
            "Defaults: \(defaults.width)x\(defaults.height), \(defaults.frames) frames at \(defaults.framesPerSecond) fps, "
                + "\(defaults.steps) steps of \(defaults.sampler.rawValue), guidance \(defaults.guidance)"
                + (defaults.guidanceSteps.map { " at steps \($0)" } ?? "") + ", "
                + (defaults.autoguidance.map { "autoguidance \($0), " } ?? "")
                + (defaults.skipGuidance.map { "skip guidance \($0), " } ?? "") + "shift \(defaults.shift)",
            "Machine: \(summary.machine)",
        ]
        return lines.joined(separator: "\n")
    }

    private static func text(_ patch: PatchSizeSummary) -> String {
        "\(patch.size)\(patch.isBase ? " base" : "") \(patch.tokens)"
    }
}
