public import Foundation

/// What is wrong with a trajectory. Tracks and points are counted from 1.
public enum TrajectoryError: Error, Equatable, Sendable {
    case cannotRead(path: String, reason: String)
    case notAFile(path: String)
    case tooManyBytes(path: String, found: Int, most: Int)
    case notJSON(path: String, offset: Int, found: String, wanted: String)
    /// `place` is such as "track 2, point 3", and empty for the whole file.
    case wrong(path: String, place: String, found: String, wanted: String)
    /// A trajectory that is right in itself, but not for this clip.
    case doesNotFit(track: Int, found: String, wanted: String)
}

extension TrajectoryError: CustomStringConvertible, LocalizedError {
    public var description: String {
        switch self {
        case let .cannotRead(path, reason):
            "The trajectory '\(path)' cannot be read: \(reason). Check the path and the permissions."
        case let .notAFile(path):
            "The trajectory '\(path)' is a directory or a device. Give the path of a JSON file."
        case let .tooManyBytes(path, found, most):
            "The trajectory '\(path)' has \(found) bytes; files of up to \(most) bytes are read. "
                + "Leave out tracks or points."
        case let .notJSON(path, offset, found, wanted):
            "The trajectory '\(path)' is no JSON: byte \(offset) is \(found), but \(wanted) is needed. "
                + "Correct it there; docs/trajectories.md has examples."
        case let .wrong(path, place, found, wanted):
            "The trajectory '\(path)'\(place.isEmpty ? "" : ", \(place)"): \(found), but it takes \(wanted). "
                + "Correct it there; docs/trajectories.md has examples."
        case let .doesNotFit(track, found, wanted):
            "Track \(track) of the trajectory does not fit the clip: \(found), but it takes \(wanted). "
                + "Correct the track, or leave it out."
        }
    }

    public var errorDescription: String? { description }
}
