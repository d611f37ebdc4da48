package import Foundation
import Tensors

/// Config, names, shapes and types of a published checkpoint, without its weights.
package struct KeyList: Decodable, Sendable {
    package struct Entry: Decodable, Sendable {
        package let name: String
        package let shape: [Int]
        package let type: String  // as in safetensors, such as BF16

        package init(name: String, shape: [Int], type: String) {
            self.name = name
            self.shape = shape
            self.type = type
        }

        package init(from decoder: any Decoder) throws {
            var fields = try decoder.unkeyedContainer()
            name = try fields.decode(String.self)
            shape = try fields.decode([Int].self)
            type = try fields.decode(String.self)
        }
    }

    package let tensors: [Entry]

    package init(tensors: [Entry]) { self.tensors = tensors }

    /// A list of Weights/keys, such as `wan2.1-t2v-1.3b-transformer`.
    package static func published(_ name: String) throws -> KeyList {
        try JSONDecoder().decode(KeyList.self, from: Data(contentsOf: url(name)))
    }

    /// The `config` of the same list.
    package static func config<Config: Decodable>(_ type: Config.Type, of name: String) throws -> Config {
        try JSONDecoder().decode(Published<Config>.self, from: Data(contentsOf: url(name))).config
    }

    private static func url(_ name: String) -> URL {
        Goldens.root.appendingPathComponent("Weights/keys/\(name).json")
    }

    private struct Published<Config: Decodable>: Decodable {
        let config: Config
    }
}

extension KeyList {
    /// Writes `<stem>.safetensors`, or shards with their index, with true headers and true sizes but without
    /// data: the files read as zeros and take almost no room on the disk.
    package func writeSparse(to directory: URL, stem: String = "diffusion_pytorch_model", shards: Int = 1)
        throws
    {
        guard shards > 1 else {
            return try Self.writeSparse(tensors, to: directory.appendingPathComponent("\(stem).safetensors"))
        }
        let perShard = (tensors.count + shards - 1) / shards
        var weightMap: [String: String] = [:]
        for shard in 0..<shards {
            let part = tensors[
                min(shard * perShard, tensors.count)..<min((shard + 1) * perShard, tensors.count)]
            let name = "\(stem)-\(Self.padded(shard + 1))-of-\(Self.padded(shards)).safetensors"
            try Self.writeSparse(Array(part), to: directory.appendingPathComponent(name))
            for entry in part { weightMap[entry.name] = name }
        }
        let index = ["weight_map": weightMap]
        let url = directory.appendingPathComponent("\(stem).safetensors.index.json")
        try JSONEncoder().encode(index).write(to: url)
    }

    private static func writeSparse(_ entries: [Entry], to url: URL) throws {
        var begin = 0
        var lines: [String] = []
        for entry in entries {
            guard let bytes = ElementType(rawValue: entry.type)?.byteCount else {
                throw Goldens.Unusable(description: "'\(entry.name)' is of type '\(entry.type)'")
            }
            let end = begin + entry.shape.reduce(bytes, *)
            let shape = entry.shape.map(String.init).joined(separator: ",")
            lines.append(
                "\"\(entry.name)\":{\"dtype\":\"\(entry.type)\",\"shape\":[\(shape)],"
                    + "\"data_offsets\":[\(begin),\(end)]}")
            begin = end
        }
        let json = Data("{\(lines.joined(separator: ","))}".utf8)
        try (withUnsafeBytes(of: UInt64(json.count).littleEndian) { Data($0) } + json).write(to: url)
        let file = try FileHandle(forWritingTo: url)
        try file.truncate(atOffset: UInt64(8 + json.count + begin))
        try file.close()
    }

    private static func padded(_ number: Int) -> String {
        String(repeating: "0", count: max(0, 5 - String(number).count)) + String(number)
    }
}
