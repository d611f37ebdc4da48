import ArgumentParser
import Zoetrope

struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Go on with a run that `generate --checkpoint` kept: the same bytes.",
        discussion: """
            The run goes on after the last step that is kept, with its settings, its model, its number of threads and \
            its place for the clip, and is kept on. Where sampling is done only decoding and writing are left. When the clip is in its place \
            the checkpoint is removed.
            """)

    @Argument(help: "The directory that `generate --checkpoint` named.")
    var directory: String

    @OptionGroup var pictures: MovedPictures
    @Option(
        help: ArgumentHelp("New place of the model. [default: where the run had it]", valueName: "dir"))
    var model: String?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Another place for the clip. [default: what the run was told]", valueName: "file"))
    var output: String?

    @OptionGroup var run: RunFlags

    func run() async throws {
        var unfinished = try UnfinishedRun(in: directory)
        var settings = unfinished.settings
        try pictures.move(in: &settings)
        unfinished.movePictures(image: settings.image?.path, lastImage: settings.lastImage?.path)
        let generator = try VideoGenerator(model: model ?? unfinished.model)
        try await show(run, checkpoint: directory) { [unfinished, output, run] progress in
            try await generator.resume(
                unfinished, to: output, threads: run.threads, maxMemory: run.maxMemory?.bytes
            ) { progress.show($0) }
        }
    }
}
