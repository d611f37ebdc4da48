import ArgumentParser
import Zoetrope

struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Say what a run would take, before anything is loaded.")

    @Argument(help: "What the clip shows.")
    var prompt: String

    @OptionGroup var model: ModelOption
    @OptionGroup var settings: SettingsOptions
    @OptionGroup var pictures: PictureOptions
    @OptionGroup var run: RunFlags

    func run() async throws {
        let generator = try model.open()
        var request = try settings.request(prompt: prompt)
        try pictures.add(to: &request)
        let plan = try generator.plan(
            try generator.resolve(request), options: RunOptions(threads: run.threads))
        try printJSON(plan)
    }
}
