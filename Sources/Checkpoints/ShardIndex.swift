import Foundation

/// A `<stem>.safetensors.index.json`: which tensor is in which file beside it.
struct ShardIndex {
    /// The files in the order of their names.
    let shards: [URL]
    private let file: String
    private let weightMap: [String: String]

    init(_ url: URL) throws(CheckpointError) {
        file = url.path
        weightMap = try Self.weightMap(of: url)
        let directory = url.deletingLastPathComponent()
        var shards: [URL] = []
        for name in Set(weightMap.values).sorted() {
            guard name.hasSuffix(".safetensors"), !name.contains(where: { "/\\\0".contains($0) }) else {
                throw .shards(file, .unsafeName(shard: name))
            }
            let shard = directory.appendingPathComponent(name)
            guard FileManager.default.fileExists(atPath: shard.path) else {
                throw .shards(file, .missing(shard: name))
            }
            shards.append(shard)
        }
        guard !shards.isEmpty else { throw .shards(file, .noWeightMap) }
        self.shards = shards
    }

    private static func weightMap(of url: URL) throws(CheckpointError) -> [String: String] {
        let file = url.path
        let mapping = try MappedFile(url)
        var json = JSONScanner(mapping.bytes, file: file)
        var weightMap: [String: String] = [:]
        try json.object { key, json throws(CheckpointError) in
            guard key == "weight_map" else { return try json.skip() }
            try json.object { tensor, json throws(CheckpointError) in
                json.place = tensor
                let shard = try json.string()
                guard weightMap.updateValue(shard, forKey: tensor) == nil else {
                    throw .shards(file, .repeated(tensor: tensor))
                }
                json.place = ""
            }
        }
        try json.end()
        return weightMap
    }

    /// - Parameter homes: the file in which each tensor was found
    func check(_ homes: [String: String]) throws(CheckpointError) {
        for (tensor, shard) in weightMap.sorted(by: { $0.key < $1.key }) where homes[tensor] != shard {
            throw .shards(file, .lacksTensor(tensor: tensor, shard: shard))
        }
    }
}
