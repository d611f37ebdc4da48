/// Why the files of a checkpoint do not make one set of tensors.
package enum ShardProblem: Equatable, Sendable {
    case nothingFound(present: [String])
    case ambiguous(candidates: [String])
    case noWeightMap
    case repeated(tensor: String)
    case unsafeName(shard: String)
    case missing(shard: String)
    case lacksTensor(tensor: String, shard: String)
    case inTwoFiles(tensor: String, first: String, second: String)
}

extension ShardProblem: CustomStringConvertible {
    package var description: String {
        switch self {
        case .nothingFound(let present):
            "has no .safetensors file and no .safetensors.index.json; it holds \(names(present)). "
                + "Check the path; weights in .bin, .pth or .gguf have to be converted first."
        case .ambiguous(let candidates):
            "holds more than one set of weights: \(names(candidates)). "
                + "Keep one there, or give the path of one file."
        case .noWeightMap:
            "has no 'weight_map', but an index of shards needs one. \(HeaderProblem.fetchAgain)"
        case .repeated(let tensor):
            "lists tensor '\(tensor)' twice, but each may be there once. Write the index again."
        case .unsafeName(let shard):
            "lists the shard '\(shard)', but a shard is the plain name of a .safetensors file beside the "
                + "index. Correct the index."
        case .missing(let shard):
            "lists the shard '\(shard)', but that file is not beside it. Fetch the missing shard."
        case .lacksTensor(let tensor, let shard):
            "says that tensor '\(tensor)' is in '\(shard)', but it is not there. "
                + "Index and shards are of different versions; fetch all again."
        case .inTwoFiles(let tensor, let first, let second):
            "tensor '\(tensor)' is in '\(first)' and in '\(second)', but may be in one file only. "
                + "Take away the file that does not belong there."
        }
    }

    private func names(_ names: [String]) -> String { names.isEmpty ? "nothing" : listing(names) }
}
