import ArgumentParser
import Foundation
import Tuning
import Zoetrope

struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract:
            "Say what a run would hold in memory and how long it would take, before anything is loaded.",
        discussion: """
            Takes the settings of `generate`. --width, --height and --frames may be lists, such as --frames 17,33,81: then \
            there is a table with a line for each combination, and with --picture a drawing of memory and time \
            against tokens.

            Memory comes from the run's own code, gone through without values. Seconds come from a short measurement of \
            this machine, which is kept for the next time (about a second, once); reading from a slow disk is not in them. \
            docs/memory.md says more.
            """)

    @Argument(help: "What the clip shows; its length counts a little.")
    var prompt: String

    @OptionGroup var model: ModelOption
    @OptionGroup var size: SizeLists
    @OptionGroup var settings: SettingsOptions
    @OptionGroup var reuse: ReuseOptions
    @OptionGroup var pictures: PictureOptions
    @OptionGroup var tokens: TokenOptions
    @OptionGroup var preset: PresetOption

    @Option(help: ArgumentHelp("Threads that compute. [default: one per core]", valueName: "n"))
    var threads: Int?

    @Option(
        help: ArgumentHelp("Plan under this cap, such as 2GiB. [default: no limit]", valueName: "size"),
        transform: MemorySize.init(argument:))
    var maxMemory: MemorySize?

    @Option(
        help: ArgumentHelp(
            "SVG file for a drawing: what each stage holds or, for lists of sizes, memory and time against tokens.",
            valueName: "file"))
    var picture: String?

    @Flag(help: "Measure the machine anew.")
    var measure = false

    @Flag(help: "Print JSON: one object, or a list where sizes are lists.")
    var json = false

    func run() async throws {
        let generator = try model.open()
        let plans = try plans(with: generator)
        if let picture {
            let svg = plans.count == 1 ? PlanBars(plan: plans[0]).svg : PlanDrawing(plans).svg
            do {
                try Data(svg.utf8).write(to: URL(fileURLWithPath: picture), options: .atomic)
            } catch {
                throw UnwritablePicture(path: picture, reason: systemReason(error))
            }
        }
        switch (json, plans.count) {
        case (true, 1): try printJSON(plans[0])
        case (true, _): try printJSON(plans)
        case (false, 1):
            print(PlanText.one(plans[0], alternatives: try alternatives(to: plans[0], generator)))
        case (false, _): print(PlanText.table(plans))
        }
    }

    private var options: RunOptions { RunOptions(threads: threads, maxMemory: maxMemory?.bytes) }

    private func plans(with generator: VideoGenerator) throws -> [RunPlan] {
        // Settings are checked before the machine is measured.
        let resolved = try size.combinations.map { size in
            var request = try settings.request(prompt: prompt)
            (request.width, request.height, request.frames) = size
            try reuse.add(to: &request)
            try pictures.add(to: &request)
            try tokens.add(to: &request)
            return try generator.resolve(request)
        }
        var plans = try resolved.map { try generator.plan($0, options: options) }
        // After the plans: measuring fills memory, which would count as the program's.
        let rates = MachineRates.kept(anew: measure, threads: threads)
        if rates.areOfBusyMachine {
            ProgressPrinter(quiet: false).line(
                "note: other programs compute at the same time, so this machine was measured slower than it is; the "
                    + "measurement is not kept")
        }
        for index in plans.indices { plans[index].time(at: rates) }
        return plans
    }

    /// The same with three steps, where no option names steps: all steps hold the same, or less where they are not guided,
    /// and fewer are planned sooner.
    private static func fewSteps(_ settings: GenerationSettings) -> GenerationSettings {
        let namesSteps =
            settings.cache != nil || settings.guidanceReuse != nil || settings.autoguidance?.steps != nil
            || settings.skipGuidance?.steps != nil || settings.compression != nil
            || settings.patch?.description.contains(":") == true
        var few = settings
        if !namesSteps { (few.steps, few.guidanceSteps) = (min(settings.steps, 3), nil) }
        return few
    }

    /// Options under which the same clip, or nearly the same, takes less memory, and how much that is.
    private func alternatives(to plan: RunPlan, _ generator: VideoGenerator) throws -> [(
        option: String, peakBytes: Int
    )] {
        var found: [(option: String, plan: RunPlan)] = []
        let few = Self.fewSteps(plan.settings)
        let narrower: [Precision] =
            switch plan.settings.precision ?? .fp32 {
            case .fp32: [.fp16, .int8]
            case .fp16: [.int8]
            case .int8: []
            }
        for precision in narrower {
            var settings = few
            settings.precision = precision
            let plan = try generator.plan(settings, options: RunOptions(threads: threads))
            found.append(("--precision \(precision.rawValue)", plan))
        }
        if maxMemory == nil {
            found.append(("--max-memory", try generator.smallestPlan(few, options: options)))
        }
        // Libraries count as in the first plan: the program itself has grown since.
        return found.map { ($0.option, $0.plan.peakBytes - $0.plan.libraryBytes + plan.libraryBytes) }
            .filter { $0.peakBytes < plan.peakBytes }
    }
}

private struct UnwritablePicture: Error, CustomStringConvertible {
    let path: String
    let reason: String

    var description: String {
        "--picture '\(path)' cannot be written: \(reason). Take a place with room that you may write to."
    }
}
