public import Foundation

/// A cap on memory that cannot be held. Thrown before any weight is loaded.
public enum MemoryError: Error, Equatable, Sendable {
    /// No way of saving brings the run under the cap.
    case capTooSmall(cap: Int, smallest: Int, stage: Stage)
}

extension MemoryError: CustomStringConvertible, LocalizedError {
    public var description: String {
        switch self {
        case let .capTooSmall(cap, smallest, stage):
            "--max-memory \(byteText(cap)): this run needs \(byteText(smallest)) at least, in the stage '\(stage.rawValue)'. "
                + "Allow that much, or make the clip smaller; `zoetrope plan` with the same options shows what takes it."
        }
    }

    public var errorDescription: String? { description }
}
