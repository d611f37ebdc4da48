import Foundation

/// Why a profile cannot be written where it was asked for.
package enum ProfileError: Error, Equatable, Sendable {
    case unusableName(path: String)
    case missingDirectory(path: String, directory: String)
    case fileInTheWay(path: String)
    case foreignFile(name: String, path: String)
    case cannotWrite(path: String, reason: String)
}

extension ProfileError: CustomStringConvertible, LocalizedError {
    package var description: String {
        switch self {
        case let .unusableName(path):
            "--profile '\(path)': that names no directory of its own. Take a name such as clip.profile."
        case let .missingDirectory(path, directory):
            "--profile '\(path)': there is no directory '\(directory)'. Make it first, or take another place."
        case let .fileInTheWay(path):
            "--profile '\(path)': there is a file of that name, but a profile is a directory. Take another name."
        case let .foreignFile(name, path):
            "--profile '\(path)': the directory holds '\(name)', which is no part of a profile. Name a new directory, or one "
                + "that holds nothing but an earlier profile, which is replaced."
        case let .cannotWrite(path, reason):
            "--profile '\(path)' cannot be written: \(reason). Take a place with room that you may write to."
        }
    }

    package var errorDescription: String? { description }
}
