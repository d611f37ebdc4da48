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
        let prints = !generate.run.quiet && !generate.run.json
        try await generate.run(profile: ProfileWish(path: generate.profile, printsTable: prints))
    }
}

/// A profile that is to be written.
struct ProfileWish {
    /// Nil is named after the clip.
    var path: String?
    /// Whether its figures go to standard output too.
    var printsTable = false

    /// Makes the clip and its profile, and says where the profile is.
    func generate(
        _ settings: GenerationSettings, with generator: VideoGenerator, to output: String,
        options: RunOptions,
        _ progress: ProgressPrinter
    ) async throws -> GenerationReport {
        let profiler = try Profiler(
            path: path(beside: output),
            ceiling: MachineRates.kept(threads: options.threads).operationsPerSecond)
        do {
            let made = try await profiler.generate(settings, with: generator, to: output, options: options) {
                progress.show($0)
            }
            if printsTable {
                progress.end()
                print(ProfileTable(made.profile).text)
            }
            progress.show(.note("profile: \(profiler.pagePath)"))
            return made.report
        } catch {
            progress.end()
            if profiler.hasWritten { progress.line("incomplete profile: \(profiler.pagePath)") }
            throw error
        }
    }

    private func path(beside clip: String) -> String {
        path ?? URL(fileURLWithPath: clip).deletingPathExtension().relativePath + ".profile"
    }
}
