import Foundation

/// What is wrong with a file of weights or settings; the first value is the path of the file.
package enum CheckpointError: Error, Equatable, Sendable {
    case file(String, FileProblem)
    case json(String, JSONProblem)
    case header(String, HeaderProblem)
    case tensor(String, name: String, TensorProblem)
    case shards(String, ShardProblem)
    case keys(String, KeyProblems)
    case config(String, ConfigProblem)
    case metadata(String, MetadataProblem)
}

extension CheckpointError: CustomStringConvertible, LocalizedError {
    package var description: String {
        switch self {
        case .file(let file, let problem): "\(file): \(problem)"
        case .json(let file, let problem): "\(file): \(problem)"
        case .header(let file, let problem): "\(file): \(problem)"
        case .tensor(let file, let name, let problem): "\(file): tensor '\(name)' \(problem)"
        case .shards(let file, let problem): "\(file): \(problem)"
        case .keys(let file, let problem): "\(file): \(problem)"
        case .config(let file, let problem): "\(file): \(problem)"
        case .metadata(let file, let problem): "\(file): \(problem)"
        }
    }

    package var errorDescription: String? { description }
}
