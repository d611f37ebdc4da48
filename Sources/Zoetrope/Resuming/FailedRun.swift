public import Foundation

/// A run that failed, of which something is kept: what went wrong, and how to go on.
public struct FailedRun: Error, Sendable {
    public enum Kept: Equatable, Sendable {
        /// A checkpoint, so that the run can be resumed.
        case checkpoint(directory: String, step: Int, steps: Int)
        /// The clean latents, so that they can be decoded.
        case latents(path: String, output: String, model: String?)
        /// Nothing: the clean latents could not be written either.
        case nothing(latents: String, reason: String)
    }

    public let cause: any Error
    public let kept: Kept

    package init(cause: any Error, kept: Kept) {
        self.cause = cause
        self.kept = kept
    }
}

extension FailedRun: CustomStringConvertible, LocalizedError {
    public var description: String { "\(cause)\n\(next)" }

    public var errorDescription: String? { description }

    private static func kept(_ step: Int, of steps: Int) -> String {
        switch step {
        case 0: "The start of the run is kept."
        case steps: "All of its sampling is kept."
        default: "The run is kept after step \(step) of \(steps)."
        }
    }

    private var next: String {
        switch kept {
        case let .checkpoint(directory, step, steps):
            Self.kept(step, of: steps) + " Go on with: zoetrope resume \(shellWord(directory))"
        case let .latents(path, output, model):
            "What was sampled is kept in '\(path)'. Go on with: zoetrope decode \(shellWord(path)) "
                + "-o \(shellWord(output))" + (model.map { " --model \(shellWord($0))" } ?? "")
        case let .nothing(latents, reason):
            "What was sampled could not be kept in '\(latents)' either (\(reason)). "
                + "With --checkpoint a run is kept while it samples."
        }
    }
}
