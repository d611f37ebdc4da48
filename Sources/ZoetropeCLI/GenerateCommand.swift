import ArgumentParser
import Profiling
import Zoetrope

struct GenerateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate", abstract: "Make a clip from a prompt and a seed.",
        discussion: """
            Every setting that is left out has the model's own default, which `zoetrope inspect` shows. The same \
            prompt, seed and settings give the same bytes, with any number of threads. Without --output the clip is \
            named after its prompt and seed.

            A picture becomes the first frame, and another one the last, in models that take pictures. A picture of \
            another size is cut around its centre to the clip's proportions and scaled; one of the clip's size is \
            taken as it is. Where neither --width nor --height is given, models with sizes of their own (such as the \
            embedded ones) keep theirs, and other checkpoints make a clip of the picture's proportions.
            """)

    @Argument(help: "What the clip shows. The embedded models know the words that their card lists.")
    var prompt: String

    @OptionGroup var model: ModelOption
    @OptionGroup var size: SizeOptions
    @OptionGroup var settings: SettingsOptions
    @OptionGroup var reuse: ReuseOptions
    @OptionGroup var pictures: PictureOptions
    @OptionGroup var tokens: TokenOptions
    @OptionGroup var output: OutputOption
    @OptionGroup var kept: CheckpointFlags
    @OptionGroup var run: RunFlags

    @OptionGroup var preset: PresetOption

    @Option(help: ArgumentHelp("Keep the clean latent too, for `zoetrope decode`.", valueName: "file"))
    var saveLatents: String?

    /// For sweeps, which compare the steps of two runs.
    @Option(
        help: ArgumentHelp(
            "Keep the latent behind each step, as safetensors.", valueName: "file", visibility: .hidden))
    var saveSteps: String?

    @Option(
        help: ArgumentHelp(
            "Write into this directory where time and memory went, for people, programs and Perfetto.",
            valueName: "dir"))
    var profile: String?

    func run() async throws { try await run(profile: profile.map { ProfileWish(path: $0) }) }

    func run(profile: ProfileWish?) async throws {
        let generator = try model.open()
        var options = run.options(latents: saveLatents, checkpoint: kept.options)
        options.stepLatents = saveSteps
        try await make(
            try resolve(with: generator), with: generator, output: output.output, options: options,
            flags: run, profile: profile)
    }

    /// All that the options say of the clip itself; `sweep` reads them in the same way.
    func resolve(with generator: VideoGenerator) throws -> GenerationSettings {
        var request = try settings.request(prompt: prompt)
        size.add(to: &request)
        try reuse.add(to: &request)
        try pictures.add(to: &request)
        try tokens.add(to: &request)
        return try generator.resolve(request)
    }
}

struct SizeOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Pixels.", valueName: "n")) var width: Int?
    @Option(help: ArgumentHelp("Pixels.", valueName: "n")) var height: Int?
    @Option(help: ArgumentHelp("Number of frames, 4k+1 for Wan.", valueName: "n")) var frames: Int?

    func add(to request: inout GenerationRequest) {
        (request.width, request.height, request.frames) = (width, height, frames)
    }
}

struct SettingsOptions: ParsableArguments {
    @Option(help: ArgumentHelp("What the clip should not show.", valueName: "text"))
    var negativePrompt: String?

    @Option(
        help: ArgumentHelp(
            "Where the noise comes from, 0 to 2^64-1. [default: drawn and reported]", valueName: "n"))
    var seed: UInt64?

    @Option(help: ArgumentHelp("Frames per second of the clip.", valueName: "n")) var fps: Int?
    @Option(help: ArgumentHelp("Model evaluations.", valueName: "n")) var steps: Int?

    @Option(
        help: ArgumentHelp("Strength of guidance; 1 switches it off and halves the work.", valueName: "x"))
    var guidance: Double?

    @Option(
        help: ArgumentHelp(
            "How guidance leads: cfg, or cfg-zero, which first scales the unconditional pass to fit the other one "
                + "(CFG-Zero*'s scale; costs nothing). [default: cfg]",
            valueName: "name"), transform: { try Self.value($0, of: "guidance rule") })
    var guidanceRule: GuidanceRule?

    @Option(
        help: ArgumentHelp(
            "Lead away, too, from what the model makes of the same prompt with coarser patches, in models that have such: a "
                + "weight such as 0.5, and as you like ,patch=1x4x4 and ,steps=2-9; 0 is none (docs/patch-sizes.md). "
                + "[default: the model's own, which world has, with guidance above 1]",
            valueName: "x"))
    var autoguidance: String?

    @Option(
        help: ArgumentHelp(
            "Lead away, too, from what the model makes of the same prompt without some blocks (skip layer guidance): a weight "
                + "such as 0.5, and as you like ,blocks=4 (left out: the one half way up) and ,steps=2-9; 0 is none "
                + "(docs/step-caching.md). [default: the model's own, or none]",
            valueName: "x"))
    var skipGuidance: String?

    @Option(help: ArgumentHelp("Flow shift: above 1 spends more steps at high noise.", valueName: "x"))
    var shift: Double?

    @Option(
        help: ArgumentHelp("euler or unipc.", valueName: "name"),
        transform: { try Self.value($0, of: "sampler") })
    var sampler: Sampler?

    @Option(
        help: ArgumentHelp(
            "Patch size of all steps, such as 1x4x4, or sizes with their steps, such as 2x4x4:8,1x2x2, of which the "
                + "last takes the rest; `zoetrope inspect` lists them. [default: the model's base size]",
            valueName: "sizes"))
    var patch: String?

    @Flag(
        help: ArgumentHelp(
            "Experimental: let --patch name sizes that the model was not trained with; its patches are resized "
                + "(docs/patch-sizes.md)."))
    var untrainedPatch = false

    @Option(
        help: ArgumentHelp(
            "Number format of the transformer's products: fp32, fp16 (2 bytes a weight, about as fast as fp32 unless "
                + "the CPU has AVX512-FP16), int8, or auto, which takes the fastest of this CPU. [default: fp32]",
            valueName: "format"), transform: Self.precision(named:))
    var precision: Precision?

    private static func precision(named name: String) throws -> Precision {
        name == "auto" ? .fastest : try value(name, of: "precision", besides: ["auto"])
    }

    /// - Parameters:
    ///   - kind: what the value is, for the error
    ///   - besides: names that are allowed and no values themselves
    private static func value<Value: CaseIterable & RawRepresentable<String>>(
        _ name: String, of kind: String, besides: [String] = []
    ) throws -> Value {
        if let value = Value(rawValue: name) { return value }
        let names = Value.allCases.map(\.rawValue) + besides
        let list = [names.dropLast().joined(separator: ", "), names[names.count - 1]].joined(
            separator: " or ")
        throw ValidationError("There is no \(kind) '\(name)'. Take \(list).")
    }

    func request(prompt: String) throws -> GenerationRequest {
        var request = GenerationRequest(prompt: prompt)
        request.negativePrompt = negativePrompt
        request.seed = seed
        request.framesPerSecond = fps
        request.steps = steps
        request.guidance = guidance
        request.guidanceRule = guidanceRule
        request.autoguidance = try autoguidance.map { try Autoguidance($0) }
        request.skipGuidance = try skipGuidance.map { try SkipGuidance($0) }
        request.shift = shift
        request.sampler = sampler
        request.precision = precision
        request.patch = try patch.map { try PatchSchedule($0) }
        request.untrainedPatch = untrainedPatch
        return request
    }
}

/// Makes the clip, shows progress, prints the report; used by `generate` and `rerun`.
func make(
    _ settings: GenerationSettings, with generator: VideoGenerator, output: String?, options: RunOptions,
    flags: RunFlags, profile: ProfileWish? = nil
) async throws {
    let path = output ?? defaultName(for: settings)
    try await show(flags, checkpoint: options.checkpoint?.directory) { progress in
        if let profile {
            return try await profile.make(beside: path, threads: options.threads, progress) {
                try await $0.generate(settings, with: generator, to: path, options: options) {
                    progress.show($0)
                }
            }
        }
        return try await generator.generate(settings, to: path, options: options) { progress.show($0) }
    }
}

/// Runs `work`, shows progress, prints the report.
///
/// - Parameter checkpoint: where the run is kept, for what is said after a cancellation
func show(
    _ flags: RunFlags, checkpoint: String?,
    _ work: @escaping @Sendable (ProgressPrinter) async throws -> GenerationReport
) async throws {
    let progress = ProgressPrinter(quiet: flags.quiet)
    let report = try await cancellable(progress, note: { cancellation(of: checkpoint) }) {
        try await work(progress)
    }
    progress.end()
    if flags.json { try printJSON(report) } else if !flags.quiet { progress.line(summary(of: report)) }
}

/// The first words of the prompt and the seed, as a file name.
private func defaultName(for settings: GenerationSettings) -> String {
    let words = settings.prompt.lowercased().split { !$0.isLetter && !$0.isNumber }.prefix(6)
    return (words.map(String.init) + ["\(settings.seed)"]).joined(separator: "-") + ".mp4"
}

private func summary(of report: GenerationReport) -> String {
    let settings = report.recipe.settings
    var parts = [
        "\(settings.width)x\(settings.height), \(settings.frames) frames", "seed \(settings.seed)",
        durationText(report.totalSeconds),
    ]
    if let skipped = report.stepPasses.summary { parts.append(skipped) }
    if let peak = report.peakResidentBytes { parts.append("peak \(byteText(peak))") }
    return "\(report.output): " + parts.joined(separator: ", ")
}
