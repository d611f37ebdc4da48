import ArgumentParser
import Profiling
import Zoetrope

struct DecodeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decode", abstract: "Turn latents that `generate --save-latents` kept into a clip.")

    @Argument(help: "A .safetensors file with a tensor 'latents' [channels, frames, height, width].")
    var latents: String

    @OptionGroup var model: ModelOption
    @OptionGroup var output: OutputOption
    @OptionGroup var run: RunFlags

    @Option(help: ArgumentHelp("Frames per second. [default: what the latents' recipe says]", valueName: "n"))
    var fps: Int?

    @Option(
        help: ArgumentHelp(
            "Write into this directory where time and memory went (docs/profiling.md).", valueName: "dir"))
    var profile: String?

    func run() async throws {
        guard let path = output.output else {
            throw ValidationError("Say with --output where the clip goes, such as -o clip.mp4.")
        }
        let generator = try model.open()
        let progress = ProgressPrinter(quiet: run.quiet)
        let report = try await cancellable(progress) {
            try await decode(with: generator, to: path, progress)
        }
        progress.end()
        if run.json {
            try printJSON(report)
        } else if !run.quiet {
            progress.line("\(report.output): \(report.frames) frames, \(durationText(report.totalSeconds))")
        }
    }

    private func decode(
        with generator: VideoGenerator, to path: String, _ progress: ProgressPrinter
    ) async throws -> DecodingReport {
        guard let profile else {
            return try await generator.decode(
                latents: latents, to: path, framesPerSecond: fps, options: run.options()
            ) { progress.show($0) }
        }
        return try await ProfileWish(path: profile).make(beside: path, threads: run.threads, progress) {
            try await $0.decode(
                latents: latents, with: generator, to: path, framesPerSecond: fps, options: run.options()
            ) { progress.show($0) }
        }
    }
}
