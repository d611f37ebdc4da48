import ArgumentParser
import Foundation
import Zoetrope

@main
struct ZoetropeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "zoetrope",
        abstract: "Makes video clips from text with diffusion transformers, on CPUs.",
        discussion: """
            zoetrope generate "a red balloon rises over the sea" --seed 7 -o clip.mp4

            Without --model the embedded model "world" is used: 128x128 clips of sprites, made in seconds. With --model it \
            runs Wan checkpoints in diffusers layout. ZOETROPE_MODEL in the environment names another default.

            ZOETROPE_KERNELS=avx2 in the environment, or another level that the CPU runs, makes it compute with that \
            level in place of the fastest.
            """,
        version: zoetropeVersion,
        subcommands: [
            GenerateCommand.self, PlanCommand.self, ProfileCommand.self, DecodeCommand.self,
            InspectCommand.self, RerunCommand.self, ResumeCommand.self, SweepCommand.self,
            PresetCommand.self, TuneCommand.self, ReportCommand.self,
        ])

    static func main() async {
        let arguments: [String]
        do {
            if let level = ProcessInfo.processInfo.environment["ZOETROPE_KERNELS"], !level.isEmpty {
                try KernelLevel.choose(level)
            }
            arguments = try PresetExpansion.expand(Array(CommandLine.arguments.dropFirst()))
        } catch {
            exit(withError: error)
        }
        await main(arguments)
    }
}
