import ArgumentParser
import Tuning

struct PresetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preset",
        abstract: "Keep a trial of a sweep as a preset for the --preset of `generate`, `plan` and `profile`.")

    @Argument(help: ArgumentHelp("Directory of a sweep.", valueName: "dir"))
    var directory: String

    @Argument(
        help: ArgumentHelp(
            "Number of the trial, as the report has it; 0 is the baseline.", valueName: "number"))
    var number: Int

    @Option(name: .shortAndLong, help: ArgumentHelp("JSON file that is written.", valueName: "file"))
    var output: String

    func run() throws {
        let preset = try Preset(trial: number, of: directory)
        try preset.write(to: output)
        ProgressPrinter(quiet: false).line("\(output): \(preset.name)")
    }
}

/// Of the commands that take the settings of a clip.
struct PresetOption: ParsableArguments {
    @Option(
        name: .customLong("preset"),
        help: ArgumentHelp(
            "Options from a file that `zoetrope preset` wrote; options that are given here win.",
            valueName: "file"))
    var file: String?
}

/// Puts the options of a preset where `--preset` names its file.
enum PresetExpansion {
    /// Those that have a ``PresetOption``.
    private static let commands = ["generate", "plan", "profile"]

    /// - Parameter arguments: of the program, without its name
    /// - Returns: for these commands with presets, the same words with those of the presets in front, so that options
    ///   given beside a preset win; for everything else the same words
    /// - Throws: ``SweepError``
    static func expand(_ arguments: [String]) throws -> [String] {
        guard let command = arguments.first, commands.contains(command) else { return arguments }
        let words = arguments.dropFirst()
        let paths = presets(in: Array(words.prefix { $0 != "--" }))
        return [command] + (try paths.flatMap { try options(of: $0) }) + words
    }

    private static func presets(in words: [String]) -> [String] {
        let separate = zip(words, words.dropFirst()).filter { $0.0 == "--preset" }.map(\.1)
        let joined = words.filter { $0.hasPrefix("--preset=") }.map {
            String($0.dropFirst("--preset=".count))
        }
        return separate + joined
    }

    /// A preset is a file from somewhere: it may set what a clip looks like, and not where files go.
    private static func options(of path: String) throws -> [String] {
        let preset = try Preset.read(path)
        let command: GenerateCommand
        do {
            command = try GenerateCommand.parse(preset.options + ["--", ""])
        } catch {
            throw SweepError.preset(path: path, reason: GenerateCommand.message(for: error))
        }
        if let option = command.optionOfOneClip {
            throw SweepError.preset(path: path, reason: "\(option) is no setting")
        }
        return preset.options
    }
}
