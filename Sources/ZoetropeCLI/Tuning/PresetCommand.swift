import ArgumentParser
import Tuning

struct PresetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preset", abstract: "Keep a trial of a sweep as a preset for `generate --preset`.")

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

/// Puts the options of a preset where `--preset` names its file.
enum PresetExpansion {
    /// - Parameter arguments: of the program, without its name
    /// - Returns: for `generate` with presets, the same words with those of the presets in front, so that options
    ///   given beside a preset win; for everything else the same words
    /// - Throws: ``SweepError``
    static func expand(_ arguments: [String]) throws -> [String] {
        guard arguments.first == "generate" else { return arguments }
        let words = arguments.dropFirst()
        let paths = presets(in: Array(words.prefix { $0 != "--" }))
        return ["generate"] + (try paths.flatMap { try options(of: $0) }) + words
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
