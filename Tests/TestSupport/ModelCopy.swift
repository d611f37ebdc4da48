import Checkpoints
package import Foundation
import Tensors

/// A model that a test may change, mostly a copy of the embedded one: weights are linked, configurations copied.
package struct ModelCopy {
    package let url: URL

    /// A model that a test has made itself.
    package init(of url: URL) { self.url = url }

    package init(in directory: TemporaryDirectory) throws {
        url = directory["model"]
        let source = Goldens.root.appendingPathComponent("Weights/sprites")
        let files = FileManager.default
        try files.createDirectory(at: url, withIntermediateDirectories: true)
        for name in try files.subpathsOfDirectory(atPath: source.path) {
            let (from, to) = (source.appendingPathComponent(name), url.appendingPathComponent(name))
            if (try from.resourceValues(forKeys: [.isDirectoryKey])).isDirectory == true {
                try files.createDirectory(at: to, withIntermediateDirectories: true)
            } else if name.hasSuffix(".json") {
                try files.copyItem(at: from, to: to)
            } else {
                try files.createSymbolicLink(at: to, withDestinationURL: from)
            }
        }
    }

    /// Changes one of its JSON files.
    package func edit(_ name: String, _ change: (inout [String: Any]) -> Void) throws {
        let file = url.appendingPathComponent(name)
        var object = try json(name)
        change(&object)
        try JSONSerialization.data(withJSONObject: object).write(to: file)
    }

    private func json(_ name: String) throws -> [String: Any] {
        let data = try Data(contentsOf: url.appendingPathComponent(name))
        return try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
    }

    /// Makes one block of the transformer add nothing to the tokens.
    package func silence(block: Int) throws {
        let file = url.appendingPathComponent("transformer/diffusion_pytorch_model.safetensors")
        let endings = ["attn1.to_out.0.", "attn2.to_out.0.", "ffn.net.2."].map { "blocks.\(block).\($0)" }
        let tensors = try SafetensorsFile(file).tensors.sorted { $0.key < $1.key }.map { name, stored in
            let isSilent = endings.contains { name.hasPrefix($0) }
            return (name, isSilent ? Tensor(shape: stored.shape) : stored.widened())
        }
        try FileManager.default.removeItem(at: file)
        try SafetensorsWriter.write(tensors, metadata: [:], to: file)
    }

    /// Gives it these patch sizes beside its base, with random ends, in place of those that it has.
    package func writePatchSizes(_ names: [String]) throws {
        let config = try json("transformer/config.json")
        func number(_ key: String) -> Int { config[key] as? Int ?? 0 }
        let width = number("num_attention_heads") * number("attention_head_dim")
        let tensors = names.enumerated().flatMap { index, name in
            let axes = name.split(separator: "x").compactMap { Int($0) }
            let values = number("out_channels") * axes.reduce(1, *)
            let shapes = [
                ("patch_embedding.weight", [width, number("in_channels")] + axes),
                ("patch_embedding.bias", [width]), ("proj_out.weight", [values, width]),
                ("proj_out.bias", [values]), ("marker", [width]),
            ]
            return shapes.map { key, shape in
                ("\(name).\(key)", Tensor.sum([(0.05, seeded(shape, seed: UInt64(index + 1)))]))
            }
        }
        let base = (config["patch_size"] as? [Int] ?? []).map(String.init).joined(separator: "x")
        let file = url.appendingPathComponent("transformer/patch_sizes.safetensors")
        try? FileManager.default.removeItem(at: file)
        try SafetensorsWriter.write(
            tensors, metadata: ["format": "zoetrope.patch_sizes", "version": "1", "base": base], to: file)
    }
}
