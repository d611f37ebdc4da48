import ArgumentParser
import Zoetrope

@main
struct ZoetropeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "zoetrope",
        abstract: "Makes video clips from text with diffusion transformers, on CPUs.",
        discussion: """
            zoetrope generate "a red balloon rises over the sea" --seed 7 -o clip.mp4

            Without --model the embedded model is used: 64x64 clips of sprites, made in seconds. With --model it runs \
            Wan checkpoints in diffusers layout.
            """,
        version: zoetropeVersion,
        subcommands: [GenerateCommand.self, DecodeCommand.self, InspectCommand.self, RerunCommand.self])
}
