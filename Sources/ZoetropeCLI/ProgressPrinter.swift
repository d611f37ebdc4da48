import Foundation
import Synchronization
import Zoetrope

/// Shows on standard error where a run is: one line that changes on a terminal, plain lines elsewhere.
final class ProgressPrinter: Sendable {
    private let quiet: Bool
    private let isTerminal: Bool
    private let state = Mutex(State())

    private struct State {
        var openLine = false
        var stepTokens: [Int] = []
        /// Of each step that is done.
        var secondsPerToken: [Double] = []
        var passes: [StepPasses] = []

        /// Seconds per token: the median, so that a first step that reads weights does not count; the mean where steps
        /// differ by what they skip.
        var typical: Double {
            guard passes.summary != nil else { return secondsPerToken.sorted()[secondsPerToken.count / 2] }
            return secondsPerToken.reduce(0, +) / Double(secondsPerToken.count)
        }
    }

    init(quiet: Bool) {
        self.quiet = quiet
        isTerminal = isatty(STDERR_FILENO) == 1
    }

    func show(_ event: GenerationEvent) {
        switch event {
        case let .started(settings, stepTokens):
            state.withLock { $0.stepTokens = stepTokens }
            note(
                SettingsText.line(settings, stepTokens: stepTokens)
                    + ", shift \(settings.shift), seed \(settings.seed)")
        case let .warning(text): write("warning: \(text)", over: false)
        case let .note(text): note(text, last: true)
        case let .stage(stage): showStage(stage)
        case let .step(index, count, duration, passes): showStep(index, count, duration, passes)
        case let .frame(index, count): showFrame(index, count)
        }
    }

    private func showStage(_ stage: Stage) {
        switch stage {
        case .load: if isTerminal { note("loading the model") }
        case .encode: note("reading the prompt")
        case .picture: note("reading the picture")
        case .sample, .decode: break  // each step and frame has a line
        }
    }

    private func showStep(_ index: Int, _ count: Int, _ duration: Double, _ passes: StepPasses) {
        let (left, skipped) = state.withLock { state in
            state.secondsPerToken.append(duration / Double(state.stepTokens[index]))
            state.passes.append(passes)
            let skipped = state.passes.summary
            return (state.typical * Double(state.stepTokens[(index + 1)...].reduce(0, +)), skipped)
        }
        note(
            "sampling  step \(index + 1) of \(count)  \(durationText(duration)) a step  \(durationText(left)) left"
                + (skipped.map { "  \($0)" } ?? ""),
            last: index + 1 == count)
    }

    private func showFrame(_ index: Int, _ count: Int) {
        let isLast = index + 1 == count
        if isTerminal || isLast { note("decoding  frame \(index + 1) of \(count)", last: isLast) }
    }

    /// A line of progress; on a terminal the next one takes its place unless it is the last.
    func note(_ text: String, last: Bool = false) {
        if !quiet { write(text, over: isTerminal && !last) }
    }

    /// A line of its own, shown even after progress that is still open.
    func line(_ text: String) { write(text, over: false) }

    /// Leaves an open progress line standing.
    func end() {
        state.withLock { state in
            if state.openLine { Self.put("\n") }
            state.openLine = false
        }
    }

    private func write(_ text: String, over: Bool) {
        state.withLock { state in
            let clear = state.openLine ? "\r\u{1B}[K" : ""
            Self.put(clear + text + (over ? "" : "\n"))
            state.openLine = over
        }
    }

    private static func put(_ text: String) {
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }
}
