/// What can go wrong with the file in which layers keep frames under a cap on memory. `directory` is where it lies.
package enum FrameFileError: Error, Equatable, Sendable {
    case cannotMake(directory: String, reason: String)
    case noRoom(directory: String, byteCount: Int, reason: String)
    case cannotWrite(directory: String, reason: String)
    case cannotRead(directory: String, reason: String)
}

extension FrameFileError: CustomStringConvertible {
    package var description: String {
        switch self {
        case let .cannotMake(directory, reason):
            "Under this --max-memory the decoder keeps frames in a file, but none can be made in '\(directory)' (\(reason)). "
                + Self.elsewhere
        case let .noRoom(directory, byteCount, reason):
            "Under this --max-memory the decoder keeps frames in a file of \(byteCount) bytes, for which '\(directory)' has no "
                + "room (\(reason)). " + Self.elsewhere
        case let .cannotWrite(directory, reason):
            "Frames that the decoder keeps cannot be written to its file in '\(directory)' (\(reason)). "
                + Self.elsewhere
        case let .cannotRead(directory, reason):
            "Frames that the decoder kept cannot be read from its file in '\(directory)' (\(reason)). "
                + Self.elsewhere
        }
    }

    private static let elsewhere =
        "Let the output go to another disk, or allow more memory; `zoetrope plan` shows how much avoids the file."
}
