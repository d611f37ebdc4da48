import ArgumentParser
import Zoetrope

struct ModelOption: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Directory of a Wan checkpoint in diffusers layout, or an embedded model: sprites, which is the default, or "
                + "world.", valueName: "dir"))
    var model: String?

    func open() throws -> VideoGenerator { try VideoGenerator(model: model) }
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

    @Flag(help: "Print one JSON object about the run to standard output.")
    var json = false

    @Flag(help: "Show no progress.")
    var quiet = false

    func validate() throws {
        if let threads, threads < 1 {
            throw ValidationError("--threads \(threads): at least one thread has to work.")
        }
    }
}
