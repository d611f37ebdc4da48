import ArgumentParser
import Foundation
import Profiling
import Zoetrope

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
        try await generate.run(profile: ProfileWish(path: generate.profile, printsTable: true))
    }
}

/// A profile that is to be written.
struct ProfileWish {
    /// Nil is named after the clip.
    var path: String?
    /// Whether its figures go to standard output too.
    var printsTable = false

    func path(beside clip: String) -> String {
        if let path { return path }
        let url = URL(fileURLWithPath: clip)
        return url.deletingPathExtension().relativePath + ".profile"
    }
}

/// Makes the clip and its profile.
func make(
    _ settings: GenerationSettings, with generator: VideoGenerator, output: String, options: RunOptions,
    flags: RunFlags, profile: ProfileWish, _ progress: ProgressPrinter
) async throws -> GenerationReport {
    let profiler = try Profiler(path: profile.path(beside: output))
    let remains = "no clip was written; \(profiler.pagePath) shows what was done"
    let made = try await cancellable(progress, remains: remains) {
        try await profiler.generate(settings, with: generator, to: output, options: options) {
            progress.show($0)
        }
    }
    progress.end()
    if profile.printsTable, !flags.quiet, !flags.json { print(ProfileTable(made.profile).text) }
    if !flags.quiet { progress.line(profiler.pagePath) }
    return made.report
}
