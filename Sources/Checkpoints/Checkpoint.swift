package import Foundation
package import Tensors

/// The tensors of one model part by name, from one file or several shards. Opening reads the headers only.
package final class Checkpoint: Sendable {
    package let tensors: [String: StoredTensor]
    package let files: [URL]
    /// Size of all files.
    package let byteCount: Int
    /// Path of the file or of the directory of the shards, for messages.
    package let path: String

    /// - Parameter files: safetensors files with no tensor in common
    /// - Precondition: at least one file
    package convenience init(files: [URL]) throws(CheckpointError) {
        precondition(!files.isEmpty, "a checkpoint has at least one file")
        let path = files.count == 1 ? files[0].path : files[0].deletingLastPathComponent().path
        try self.init(files: files, listedIn: nil, path: path)
    }

    /// Finds the weights in a directory such as `transformer/` or `vae/`: `<stem>.safetensors`, or the shards
    /// that `<stem>.safetensors.index.json` lists.
    ///
    /// - Parameter further: files whose tensors belong to the component too
    package convenience init(
        component directory: URL, and further: [URL] = []
    ) throws(CheckpointError) {
        switch try ComponentFiles(in: directory) {
        case .single(let file):
            let path = further.isEmpty ? file.path : directory.path
            try self.init(files: [file] + further, listedIn: nil, path: path)
        case .sharded(let index):
            let index = try ShardIndex(index)
            try self.init(files: index.shards + further, listedIn: index, path: directory.path)
        }
    }

    private init(files: [URL], listedIn index: ShardIndex?, path: String) throws(CheckpointError) {
        var tensors: [String: StoredTensor] = [:]
        var homes: [String: String] = [:]
        var byteCount = 0
        for url in files {
            let file = try SafetensorsFile(url)
            let name = url.lastPathComponent
            for (tensor, stored) in file.tensors {
                if let first = homes.updateValue(name, forKey: tensor) {
                    throw .shards(path, .inTwoFiles(tensor: tensor, first: first, second: name))
                }
                tensors[tensor] = stored
            }
            byteCount += file.byteCount
        }
        try index?.check(homes)
        self.tensors = tensors
        self.files = files
        self.byteCount = byteCount
        self.path = path
    }

    package subscript(name: String) -> StoredTensor? { tensors[name] }
}
