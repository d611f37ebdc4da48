import ArgumentParser
import Tensors

/// What it costs to keep a run's timeline: nanoseconds of each kind of event, with and without.
struct RecordingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "recording")
    @Option(help: "Events of each kind in one measurement.") var events = 1_000_000
    @OptionGroup var measuring: MeasuringOptions

    struct Row: Encodable {
        let event: String
        let plainNanoseconds: Double
        let recordedNanoseconds: Double
    }

    func run() throws {
        try printJSON([
            row("kernel") { RunScope.begin(.rows, 1).end() },
            row("part of the model") { RunScope.with(owner: "blocks.7") {} },
            row("part of the run") { RunScope.during("step 1") {} },
            row("small tensor, taken and given back") { _ = Tensor(uninitialized: [16]) },
            row("large tensor, taken and given back") { _ = Tensor(uninitialized: [1 << 18]) },
        ])
    }

    private func row(_ name: String, _ event: () -> Void) -> Row {
        Row(
            event: name, plainNanoseconds: nanoseconds(keepsTimeline: false, event),
            recordedNanoseconds: nanoseconds(keepsTimeline: true, event))
    }

    /// Of one event, the least of all measurements: others are disturbed by what else the machine does.
    private func nanoseconds(keepsTimeline: Bool, _ event: () -> Void) -> Double {
        let times = (0..<measuring.repeats).map { _ in
            RunScope.of(MemoryLedger(keepsTimeline: keepsTimeline)) {
                RunScope.with(stage: "sample") { elapsed { for _ in 0..<events { event() } } }
            }
        }
        return (times.min() ?? 0) / Double(events) * 1e9
    }
}
