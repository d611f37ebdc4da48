import ArgumentParser
import Zoetrope

/// Whether and how often a run is kept.
struct CheckpointFlags: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Keep the run in this directory while it samples, for `zoetrope resume` after a crash; removed when the "
                + "clip is in its place.", valueName: "dir"))
    var checkpoint: String?

    @Option(
        help: ArgumentHelp(
            "Steps from one checkpoint to the next; needs --checkpoint. [default: 1]", valueName: "n"))
    var checkpointEvery: Int?

    var options: CheckpointOptions? {
        checkpoint.map { CheckpointOptions(directory: $0, every: checkpointEvery ?? 1) }
    }

    func validate() throws {
        if checkpointEvery != nil, checkpoint == nil {
            throw ValidationError("--checkpoint-every needs --checkpoint. Name the directory with it.")
        }
    }
}
