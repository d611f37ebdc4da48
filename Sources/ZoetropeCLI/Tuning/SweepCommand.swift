import ArgumentParser
import Foundation
import Tuning
import Zoetrope

struct SweepCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweep",
        abstract: "Try settings and measure what each costs in time, memory and picture.",
        discussion: """
            zoetrope sweep --prompt "a red balloon rises over the sea" --seeds 1,2 --vary "steps=6|12" \
            --vary "precision=fp32|fp16|int8" -o sweep

            Every combination of the varied options makes the same clips as the baseline, from the same noise, each in \
            a process of its own. The directory then holds report.html, results.csv, results.jsonl and the clips. A \
            sweep that was stopped goes on when the same command is given again; a trial that fails, or that would not \
            fit into memory, keeps its row and ends nothing. docs/tuning.md explains the measures.
            """)

    @OptionGroup var model: ModelOption

    @Option(
        name: .customLong("prompt"),
        help: ArgumentHelp("What the clips show; may be given several times.", valueName: "text"))
    var promptTexts: [String] = []

    @Option(
        name: .customLong("prompts"),
        help: ArgumentHelp("Text file with a prompt on each line.", valueName: "file"))
    var promptFile: String?

    @Option(help: ArgumentHelp("Such as 1,2,3 or 1-8.", valueName: "list"))
    var seeds = "1"

    @Option(
        help: ArgumentHelp(
            "An option of generate and its values, such as \"steps=10|20\"; an empty value leaves the option out, a "
                + "name alone is a flag, left out and given. Several of them make a grid.",
            valueName: "name=a|b"))
    var vary: [String] = []

    @Option(
        help: ArgumentHelp(
            "An option of generate that the baseline and all trials have, such as guidance=4; may be given several "
                + "times.", valueName: "name=value"))
    var base: [String] = []

    @Option(help: ArgumentHelp("JSON file with base, grid and trials (docs/tuning.md).", valueName: "file"))
    var settings: String?

    @Option(
        help: ArgumentHelp("Runs of each trial, prompt and seed; times are their medians.", valueName: "n"))
    var repeats = 3

    @Option(help: ArgumentHelp("Shuffles the order of the runs.", valueName: "n"))
    var shuffleSeed: UInt64 = 0

    @Flag(help: "Keep the frames of all clips as PNG, below frames/.")
    var keepFrames = false

    @Flag(help: "Check and list the trials, and run none.")
    var dryRun = false

    @Flag(help: "Show no progress.")
    var quiet = false

    @Option(name: .shortAndLong, help: ArgumentHelp("Directory of the results.", valueName: "dir"))
    var output: String?

    func validate() throws {
        guard (1...1000).contains(repeats) else {
            throw ValidationError("--repeats \(repeats): it has to be from 1 to 1000.")
        }
    }

    func run() async throws {
        let trials = try trialList().trials()
        let prompts = try promptFile.map { try SweepCase.prompts(in: $0) } ?? []
        guard let prompt = (promptTexts + prompts).first else {
            throw ValidationError("Say with --prompt or --prompts what the clips show.")
        }
        let definition = SweepDefinition(
            modelOption: model.chosen, model: try model.open().identity(), prompts: promptTexts + prompts,
            seeds: try SweepCase.seeds(seeds), trials: trials)
        let forecast = try TrialOptions(modelOption: model.chosen).forecast(
            of: trials, prompt: prompt, measuresRates: !dryRun)
        let progress = SweepPrinter(quiet: quiet)
        progress.show(forecast.problems, of: definition)
        if dryRun { return progress.list(definition, forecast) }
        guard let output else {
            throw ValidationError("Say with --output which directory takes the results, such as -o sweep.")
        }
        var settings = SweepSettings()
        settings.repeats = repeats
        settings.shuffleSeed = shuffleSeed
        settings.keepsFrames = keepFrames
        settings.problems = forecast.problems
        settings.plans = forecast.plans
        try await perform(definition, in: output, settings, progress)
    }

    private func trialList() throws -> TrialList {
        var list = try settings.map { try SettingsFile.read($0) } ?? TrialList()
        list.base = try base.map { try OptionChoice($0) }.over(list.base)
        list.axes += try vary.map { try OptionGrid.Axis($0) }
        return list
    }
}

/// Runs a sweep and writes its results, also those of one that is interrupted; used by `sweep` and `tune`.
///
/// - Parameter work: makes the runs
@discardableResult
func perform(
    _ definition: SweepDefinition, in output: String, _ settings: SweepSettings, _ progress: SweepPrinter,
    _ work: @escaping @Sendable (Sweep) async throws -> [RunRecord] = { try await $0.perform() }
) async throws -> [RunRecord] {
    let directory = try SweepDirectory(output, for: definition)
    let generator = try VideoGenerator(model: definition.modelOption)
    let sweep = Sweep(in: directory, settings: settings, program: try ownProgram(), generator: generator) {
        progress.show($0)
    }
    let note = "stopped; finished runs are kept, and the same command goes on with the others"
    do {
        let records = try await cancellable(progress.printer, note: { note }) { try await work(sweep) }
        try directory.writeResults()
        progress.printer.line("\(output)/report.html")
        return records
    } catch let interruption as ExitCode {
        try directory.writeResults()
        throw interruption
    }
}

/// The file that this program was started from.
func ownProgram() throws -> URL {
    URL(fileURLWithPath: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
}
