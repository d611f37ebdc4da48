import ArgumentParser
import Foundation
import Zoetrope

struct ModelOption: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Directory of a Wan checkpoint in diffusers layout, or an embedded model: world or sprites. [default: "
                + "ZOETROPE_MODEL in the environment, else world]", valueName: "dir"))
    var model: String?

    /// What --model or the environment names; nil is the embedded model.
    var chosen: String? { model ?? Self.usual }

    func open() throws -> VideoGenerator { try VideoGenerator(model: chosen) }

    /// Without --model, the embedded model that made the clip, where it was one.
    func open(asIn recipe: Recipe) throws -> VideoGenerator {
        try VideoGenerator(model: model ?? VideoGenerator.embeddedName(recipe.model.name) ?? Self.usual)
    }

    /// What the environment names in place of the embedded model.
    static var usual: String? {
        ProcessInfo.processInfo.environment["ZOETROPE_MODEL"].flatMap { $0.isEmpty ? nil : $0 }
    }
}

struct OutputOption: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "Where the clip goes: .mp4, .webm, .gif, or a directory of PNG frames when it ends in /.",
            valueName: "file"))
    var output: String?
}

struct RunFlags: ParsableArguments {
    @Option(help: ArgumentHelp("Threads that compute. [default: one per core]", valueName: "n"))
    var threads: Int?

    @Option(
        help: ArgumentHelp(
            "Memory that the program may fill, such as 2GiB or 800MiB: it then holds less where it has to, which costs "
                + "time, may take room on the output's disk and changes no pixel, or says before it begins that it cannot. "
                + "[default: no limit]", valueName: "size"), transform: MemorySize.init(argument:))
    var maxMemory: MemorySize?

    @Flag(help: "Print one JSON object about the run to standard output.")
    var json = false

    @Flag(help: "Show no progress.")
    var quiet = false

    func options(latents: String? = nil, checkpoint: CheckpointOptions? = nil) -> RunOptions {
        RunOptions(
            threads: threads, latents: latents, maxMemory: maxMemory?.bytes, checkpoint: checkpoint)
    }

    func validate() throws {
        if let threads, threads < 1 {
            throw ValidationError("--threads \(threads): at least one thread has to work.")
        }
    }
}
