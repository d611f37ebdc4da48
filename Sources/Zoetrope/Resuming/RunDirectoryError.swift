public import Foundation

/// A directory in which a run cannot be kept, or from which none can go on. Thrown before any weight is loaded.
public enum RunDirectoryError: Error, Equatable, Sendable {
    case cannotMake(path: String, reason: String)
    case notADirectory(path: String)
    case notEmpty(path: String, found: [String])
    /// It holds a run that can go on.
    case unfinished(path: String, step: Int, steps: Int, prompt: String, seed: UInt64)
    /// The clip is to become the directory itself.
    case isOutput(path: String)
    /// Another process goes on with its run.
    case inUse(path: String)
    case nothingThere(path: String)
    case nothingLeft(path: String)
    case noCheckpoint(path: String, found: [String])
    /// A file with the name of a checkpoint that is none.
    case foreign(path: String)
    case otherLayout(path: String, found: String, wanted: String, zoetrope: String)
    case damaged(path: String, reason: String)
}

extension RunDirectoryError: CustomStringConvertible, LocalizedError {
    public var description: String {
        switch self {
        case let .cannotMake(path, reason):
            "--checkpoint \(path): the directory cannot be used (\(reason)). "
                + "Name one in a directory that you may write to."
        case let .notADirectory(path):
            "'\(path)' is a file, but a run is kept in a directory of its own. Name a directory."
        case let .notEmpty(path, found):
            "--checkpoint \(path): it holds \(Self.list(found)), but a run is kept in a directory of its own. "
                + "Name a new or an empty one."
        case let .unfinished(path, step, steps, prompt, seed):
            "--checkpoint \(path): it holds a run that stopped after step \(step) of \(steps) (\"\(Self.beginning(of: prompt))\", seed "
                + "\(seed)). Go on with it: zoetrope resume \(shellWord(path)), or name another directory."
        case let .isOutput(path):
            "--checkpoint \(path): the clip's frames go there. Name another directory."
        case let .inUse(path):
            "'\(path)': another process is at work on the run in it. Wait for it, or name another directory."
        case let .nothingThere(path):
            "There is no '\(path)'. A run that is complete takes its directory away; for another one check the path."
        case let .nothingLeft(path):
            "'\(path)' is empty: the run is complete, or nothing of it was kept yet. Nothing is left to go on with."
        case let .noCheckpoint(path, found):
            "'\(path)' holds no run, but \(Self.list(found)). Name the directory that --checkpoint named."
        case let .foreign(path):
            "'\(path)' is no checkpoint of a run. Name the directory that --checkpoint named."
        case let .otherLayout(path, found, wanted, zoetrope):
            "'\(path)' is laid out as version \(found), by Zoetrope \(zoetrope); this is \(zoetropeVersion), which "
                + "reads version \(wanted). Go on with the Zoetrope that began the run, or make the clip anew."
        case let .damaged(path, reason):
            "'\(path)' is damaged: \(reason). The run cannot go on from it; remove it and make the clip anew."
        }
    }

    public var errorDescription: String? { description }

    private static func beginning(of prompt: String) -> String {
        prompt.count > 60 ? prompt.prefix(60) + "..." : prompt
    }

    private static func list(_ names: [String]) -> String {
        let shown = names.prefix(4).map { "'\($0)'" }.joined(separator: ", ")
        return names.count > 4 ? "\(shown) and \(names.count - 4) more" : shown
    }
}
