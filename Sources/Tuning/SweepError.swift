import Foundation

/// Why a sweep cannot begin or go on.
package enum SweepError: Error, Equatable, Sendable {
    /// A word that names no option.
    case optionText(found: String)
    case repeatedAxis(name: String)
    case tooMany(count: Int, most: Int)
    case nothingToTry
    case seeds(found: String, part: String)
    case noPrompts(path: String)
    case unreadable(path: String, reason: String)
    case unwritable(path: String, reason: String)
    /// A file of trials that is not as it should be at one place.
    case settings(path: String, place: String, found: String, wanted: String)
    /// The baseline cannot be made at all.
    case baseline(problem: String)
    /// The directory holds the results of another sweep.
    case otherSweep(path: String, difference: String)
    /// The directory holds something else.
    case notASweep(path: String, reason: String)
    case inUse(path: String)
    case damaged(path: String, line: Int, reason: String)
    case noSuchTrial(number: Int, path: String, last: Int)
    case failedTrial(number: Int, path: String, error: String)
    case preset(path: String, reason: String)
    /// A trial needs more memory than there is.
    case tooLarge(peakBytes: Int, availableBytes: Int)
}

extension SweepError: CustomStringConvertible, LocalizedError {
    package var description: String {
        switch self {
        case let .optionText(found):
            "'\(found)' names no option of generate. Write its long name and its values, such as steps=10|20."
        case let .repeatedAxis(name):
            "--vary \(name): this option is varied twice. Put all its values into one --vary, divided by |."
        case let .tooMany(count, most):
            "The grid has \(count == .max ? "far too many" : "\(count)") combinations, more than the \(most) that a "
                + "sweep takes. Vary fewer options, or give them fewer values."
        case .nothingToTry:
            "There is nothing to compare with the baseline. Give options several values with --vary, such as "
                + "--vary \"steps=10|20\", or trials with --settings."
        case let .seeds(found, part):
            "--seeds \(found): '\(part)' is no seed. Write numbers with commas between them, such as 1,2,3 or 1-8."
        case let .noPrompts(path):
            "'\(path)' has no prompts. Write one on each line; lines that begin with # do not count."
        case let .unreadable(path, reason): "'\(path)' cannot be read: \(reason)."
        case let .unwritable(path, reason): "'\(path)' cannot be written: \(reason)."
        case let .settings(path, place, found, wanted):
            "'\(path)', \(place): found \(found), wanted \(wanted). docs/tuning.md shows such a file."
        case let .baseline(problem):
            "The baseline, which every trial is compared with, cannot be made: \(problem)"
        case let .otherSweep(path, difference):
            "'\(path)' holds another sweep: \(difference). Take another directory with --output, or remove this one."
        case let .notASweep(path, reason):
            "'\(path)' holds no sweep: \(reason). Name a directory that is new, empty, or that a sweep made."
        case let .inUse(path):
            "Another sweep is writing into '\(path)'. Wait until it ends, or take another directory."
        case let .damaged(path, line, reason):
            "'\(path)', line \(line): \(reason). Remove the line, and the run it stood for is made again."
        case let .noSuchTrial(number, path, last):
            "There is no trial \(number) in '\(path)'. Take a number from 0, the baseline, to \(last)."
        case let .failedTrial(number, path, error):
            "Trial \(number) of '\(path)' failed and makes no preset: \(error)"
        case let .preset(path, reason):
            "The preset '\(path)' cannot be used: \(reason). `zoetrope preset` writes such files."
        case let .tooLarge(peakBytes, availableBytes):
            "It would need \(peakBytes >> 20) MiB, and this machine has \(availableBytes >> 20) MiB to give. Free memory, "
                + "make the clip smaller, or let the trial hold less with max-memory=\(availableBytes >> 20)MiB."
        }
    }

    package var errorDescription: String? { description }
}
