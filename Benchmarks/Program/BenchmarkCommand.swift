import ArgumentParser

/// Measures parts of Zoetrope, one kind a process, and prints JSON.
@main
struct BenchmarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "zoetrope-bench", abstract: "Measures parts of Zoetrope and prints JSON.",
        subcommands: [
            KernelsCommand.self, AttentionCommand.self, ForwardCommand.self, ScalingCommand.self,
            DecodeCommand.self, EncodeCommand.self, RecordingCommand.self,
        ])
}

struct MeasuringOptions: ParsableArguments {
    @Option(help: "Threads that compute.") var threads = 2
    @Option(help: "Measurements after one that does not count.") var repeats = 3
}
