import Foundation

/// Where and how often a run is kept while it samples, so that it can go on after a crash.
public struct CheckpointOptions: Equatable, Sendable {
    /// A directory for this run alone; it is made where it is missing, in a directory that is there.
    public var directory: String
    /// Steps from one checkpoint to the next, at least 1.
    public var every: Int

    public init(directory: String, every: Int = 1) {
        self.directory = directory
        self.every = every
    }

    /// - Throws: ``SettingsError/outOfRange(name:found:range:)``, ``RunDirectoryError/isOutput(path:)``
    func check(output: String) throws {
        guard every >= 1 else {
            throw SettingsError.outOfRange(name: "checkpoint-every", found: "\(every)", range: "1 or more")
        }
        guard
            URL(fileURLWithPath: directory).standardized.path
                != URL(fileURLWithPath: output).standardized.path
        else { throw RunDirectoryError.isOutput(path: directory) }
    }
}
