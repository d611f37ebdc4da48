import ArgumentParser
import Foundation
import Zoetrope

struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract:
            "Say what a run would hold in memory and how long it would take, before anything is loaded.",
        discussion: """
            Takes what `generate` takes. --width, --height and --frames may be lists, such as --frames 17,33,81: then \
            there is a table with a line for each combination, and with --picture a drawing of memory and time \
            against tokens.

            Memory comes from the run's own code, gone through without values. Seconds come from a short measurement of \
            this machine, which is kept for the next time (about a second, once); reading from a slow disk is not in them.
            """)

    @Argument(help: "What the clip shows; its length counts a little.")
    var prompt: String

    @OptionGroup var model: ModelOption
    @OptionGroup var size: SizeLists
    @OptionGroup var settings: SettingsOptions
    @OptionGroup var reuse: ReuseOptions
    @OptionGroup var pictures: PictureOptions
    @OptionGroup var tokens: TokenOptions

    @Option(help: ArgumentHelp("Threads that compute. [default: one per core]", valueName: "n"))
    var threads: Int?

    @Option(help: ArgumentHelp("Plan under this cap, such as 2GiB. [default: no limit]", valueName: "size"))
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
        let options = RunOptions(threads: threads, maxMemory: maxMemory?.bytes)
        var plans = try size.combinations.map { size in
            var request = try settings.request(prompt: prompt)
            (request.width, request.height, request.frames) = size
            try reuse.add(to: &request)
            try pictures.add(to: &request)
            try tokens.add(to: &request)
            return try generator.plan(try generator.resolve(request), options: options)
        }
        // After the plans: measuring fills memory, which would count as the program's.
        let rates = MachineRates.kept(anew: measure, threads: threads)
        for index in plans.indices { plans[index].time(at: rates) }
        if let picture {
            let svg = plans.count == 1 ? PlanBars(plan: plans[0]).svg : PlanDrawing(plans).svg
            let drawing = Data(svg.utf8)
            try drawing.write(to: URL(fileURLWithPath: picture), options: .atomic)
        }
        if json {
            if plans.count == 1 { try printJSON(plans[0]) } else { try printJSON(plans) }
        } else if plans.count == 1 {
            print(PlanText.one(plans[0]))
            let others = try alternatives(to: plans[0], generator, options)
            if !others.isEmpty { print("\nWith " + others.joined(separator: "; with ") + ".") }
        } else {
            print(PlanText.table(plans))
        }
    }

    /// What other settings would reach, each a rehearsal of its own.
    private func alternatives(
        to plan: RunPlan, _ generator: VideoGenerator, _ options: RunOptions
    ) throws -> [String] {
        var lines: [String] = []
        if plan.settings.precision != .int8 {
            var settings = plan.settings
            settings.precision = .int8
            if let other = try? generator.plan(settings, options: options) {
                lines.append("--precision int8 the peak is \(bytes(other.peakBytes))")
            }
        }
        guard options.maxMemory == nil else { return lines }
        let smallest = try generator.smallestPlan(plan.settings, options: options)
        if smallest.peakBytes < plan.peakBytes {
            lines.append("--max-memory it can be brought down to \(bytes(smallest.peakBytes))")
        }
        return lines
    }
}

/// The sizes of `generate`, each a list.
struct SizeLists: ParsableArguments {
    @Option(help: ArgumentHelp("Pixels; a number or a list.", valueName: "n,n"))
    var width: NumberList?
    @Option(help: ArgumentHelp("Pixels; a number or a list.", valueName: "n,n"))
    var height: NumberList?
    @Option(help: ArgumentHelp("Number of frames, 4k+1 for Wan; a number or a list.", valueName: "n,n"))
    var frames: NumberList?

    /// Every width with every height and every number of frames; nil is the model's default.
    var combinations: [(width: Int?, height: Int?, frames: Int?)] {
        func values(_ list: NumberList?) -> [Int?] { list?.numbers ?? [nil] }
        return values(width).flatMap { width in
            values(height).flatMap { height in values(frames).map { (width, height, $0) } }
        }
    }
}

/// Numbers with commas between them.
struct NumberList: ExpressibleByArgument {
    let numbers: [Int]

    init?(argument: String) {
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
        numbers = parts.compactMap { Int($0) }
        if numbers.count != parts.count || numbers.count > 1000 { return nil }
    }
}
