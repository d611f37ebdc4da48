import ArgumentParser
import Foundation
import Tuning
import Zoetrope

struct TuneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tune", abstract: "Look for settings that meet a goal, and keep them as a preset.",
        discussion: """
            zoetrope tune --prompt "a red balloon rises over the sea" --min-psnr 30 -o tuned

            Fewer steps, 8 bits, the model's coarser patch sizes, passes and blocks left out, and merged tokens in late \
            steps are tried against the model's own settings, all of them a little and the better half again, until four are left. With --min-psnr the fastest one that keeps it \
            is proposed, otherwise the one with the nearest picture within time and memory. The directory is that of a \
            sweep, with preset.json in it.
            """)

    @OptionGroup var model: ModelOption

    @Option(
        name: .customLong("prompt"),
        help: ArgumentHelp("What the clips show; may be given several times.", valueName: "text"))
    var prompts: [String] = []

    @Option(help: ArgumentHelp("Such as 1,2,3 or 1-8.", valueName: "list"))
    var seeds = "1,2"

    @Option(help: ArgumentHelp("A run may take so long.", valueName: "x"))
    var targetSeconds: Double?

    @Option(
        help: ArgumentHelp("The process may take so much, such as 1GiB or 500MiB.", valueName: "size"),
        transform: MemorySize.init(argument:))
    var maxMemory: MemorySize?

    @Option(
        help: ArgumentHelp(
            "The picture has to be so near to that of the model's own settings, in dB.", valueName: "x"))
    var minPsnr: Double?

    @Option(help: ArgumentHelp("No run begins that would probably end later.", valueName: "x"))
    var budgetMinutes = 10.0

    @Option(
        help: ArgumentHelp(
            "An option of generate that all trials have, such as frames=9.", valueName: "name=value"))
    var base: [String] = []

    @Flag(help: "Show no progress.")
    var quiet = false

    @Option(name: .shortAndLong, help: ArgumentHelp("Directory of the results.", valueName: "dir"))
    var output: String

    func validate() throws {
        if [targetSeconds, maxMemory.map { Double($0.bytes) }, minPsnr].allSatisfy({ $0 == nil }) {
            throw ValidationError("Say what is wanted with --target-seconds, --max-memory or --min-psnr.")
        }
        let numbers = [
            ("target-seconds", targetSeconds), ("min-psnr", minPsnr), ("budget-minutes", budgetMinutes),
        ]
        for (name, value) in numbers {
            guard let value, !(value > 0 && value.isFinite) else { continue }
            throw ValidationError("--\(name) \(value): it has to be above 0.")
        }
        if prompts.isEmpty { throw ValidationError("Say with --prompt what the clips show.") }
    }

    func run() async throws {
        let definition = try definition()
        let progress = SweepPrinter(quiet: quiet)
        let goal = TuningGoal(
            seconds: targetSeconds, peakBytes: maxMemory.map { Double($0.bytes) }, psnr: minPsnr)
        let search = SuccessiveHalving(definition, goal: goal)
        var settings = SweepSettings()
        let forecast = try TrialOptions(modelOption: model.chosen).forecast(
            of: definition.trials, prompt: prompts[0])
        settings.problems = forecast.problems
        settings.plans = forecast.plans
        settings.deadline = .now + .seconds(budgetMinutes * 60)
        let records = try await perform(definition, in: output, settings, progress) { sweep in
            try await search.search { try await sweep.perform($0) }
        }
        try propose(search, goal, definition, records, progress)
    }

    private func definition() throws -> SweepDefinition {
        let generator = try model.open()
        var list = TrialList()
        list.base = try base.map { try OptionChoice($0) }
        let options = TrialOptions(modelOption: model.chosen)
        let baseline = try options.baseline(list.base.over([]), prompt: prompts[0])
        let choices = TuningCandidates.choices(
            around: baseline, patchSizes: try generator.inspect().patchSizes)
        list.single = choices.map { (name: nil, choices: $0) }
        return SweepDefinition(
            modelOption: model.chosen, model: try generator.identity(), prompts: prompts,
            seeds: try SweepCase.seeds(seeds), trials: try list.trials())
    }

    private func propose(
        _ search: SuccessiveHalving, _ goal: TuningGoal, _ definition: SweepDefinition,
        _ records: [RunRecord],
        _ progress: SweepPrinter
    ) throws {
        guard let best = search.best(records), let score = goal.score(best) else {
            throw ValidationError("No trial was measured. Give more time with --budget-minutes.")
        }
        let facts = "trial \(best.trial.number), \(best.trial.name): " + SweepPrinter.facts(best)
        guard score.lack == 0 else {
            throw ValidationError(
                "No trial meets the goal; the nearest is \(facts). \(output)/report.html shows all.")
        }
        let path = output + "/preset.json"
        try Preset(best.trial, of: definition, records: records).write(to: path)
        progress.printer.line(facts)
        progress.printer.line("zoetrope generate \"...\" --preset \(path)")
    }
}
