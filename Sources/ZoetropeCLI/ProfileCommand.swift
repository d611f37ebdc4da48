import ArgumentParser

struct ProfileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "profile", abstract: "Make a clip and show where time and memory go.",
        discussion: """
            Takes all that `generate` takes and makes the same clip. When the run has ended, the directory of --profile \
            holds profile.html, a page to look at; trace.json for Perfetto (https://ui.perfetto.dev) or chrome://tracing; \
            and profile.json with all figures. A run that fails or is cancelled leaves the profile of what it did. Without \
            --profile the directory is named after the clip, such as clip.profile for clip.mp4. docs/profiling.md says how \
            to read them.
            """)

    @OptionGroup var generate: GenerateCommand

    func run() async throws {
        let prints = !generate.run.quiet && !generate.run.json
        try await generate.run(profile: ProfileWish(path: generate.profile, printsTable: prints))
    }
}
