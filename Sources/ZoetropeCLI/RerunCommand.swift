import ArgumentParser
import Zoetrope

struct RerunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rerun", abstract: "Make a clip again from the recipe it carries: the same bytes.")

    @Argument(help: "A clip that Zoetrope made (.mp4, .webm, .gif, or a directory of PNG frames).")
    var clip: String

    @OptionGroup var pictures: MovedPictures
    @OptionGroup var model: ModelOption
    @OptionGroup var output: OutputOption
    @OptionGroup var kept: CheckpointFlags
    @OptionGroup var run: RunFlags

    func run() async throws {
        guard let path = output.output else {
            throw ValidationError("Say with --output where the new clip goes, such as -o again.mp4.")
        }
        let recipe = try readRecipe(of: clip)
        let generator = try model.open(asIn: recipe)
        try generator.requireSameModel(as: recipe, from: clip)
        var settings = recipe.settings
        try pictures.move(in: &settings)
        try await make(
            settings, with: generator, output: path, options: run.options(checkpoint: kept.options),
            flags: run)
    }
}
