internal import Checkpoints
import Foundation
internal import Sampling
internal import Tensors

/// A checkpoint of a run, as safetensors: where sampling stands, as tensors, and the instructions beside them.
///
/// It is replaced as a whole, so what has its name is always complete; a hash over all of it tells a file that a disk
/// has damaged.
struct RunFile {
    static let format = "zoetrope.run"
    /// Of the file; another one cannot be read.
    static let layout = "1"
    let url: URL

    private struct Content: Codable {
        var step: Int
        var instructions: RunInstructions
        /// What later steps use again of earlier ones, beside its tensors.
        var reuse: [String: String]?
    }

    /// - Throws: an error that names the file when it cannot be written; the one before it is as it was then
    func write(_ state: RunState, _ instructions: RunInstructions) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let whole = Content(
            step: state.step, instructions: instructions,
            reuse: state.reuse.tensors.isEmpty ? nil : state.metadata)
        let content = String(decoding: try encoder.encode(whole), as: UTF8.self)
        let tensors = state.tensors
        let texts = [
            "format": Self.format, "layout": Self.layout, "zoetrope": zoetropeVersion, "run": content,
            "sha256": Self.hash(zoetropeVersion, content, tensors),
        ]
        try SafetensorsWriter.write(tensors, metadata: texts, to: url)
    }

    /// - Throws: ``RunDirectoryError``; an error that names the file when the system does not open it
    func read() throws -> (state: RunState, instructions: RunInstructions) {
        let file = try open()
        guard file.metadata["format"] == Self.format else { throw RunDirectoryError.foreign(path: url.path) }
        guard file.metadata["layout"] == Self.layout else {
            throw RunDirectoryError.otherLayout(
                path: url.path, found: file.metadata["layout"] ?? "none", wanted: Self.layout,
                zoetrope: file.metadata["zoetrope"] ?? "unknown")
        }
        return try read(file)
    }

    private func open() throws -> SafetensorsFile {
        do {
            return try SafetensorsFile(url)
        } catch {
            // A file that the system does not open may be in order.
            if case .file = error { throw error }
            throw damaged("it is no complete safetensors file")
        }
    }

    private func read(_ file: SafetensorsFile) throws -> (state: RunState, instructions: RunInstructions) {
        let text = file.metadata["run"] ?? ""
        guard file.tensors.values.allSatisfy({ $0.type == .float32 }) else {
            throw damaged("its tensors are not fp32")
        }
        let tensors = file.tensors.mapValues { $0.widened() }
        let hash = Self.hash(file.metadata["zoetrope"] ?? "", text, tensors.map { ($0, $1) })
        guard hash == file.metadata["sha256"] else {
            throw damaged("its content has changed since it was written")
        }
        guard let content = try? JSONDecoder().decode(Content.self, from: Data(text.utf8)) else {
            throw damaged("what it says of the run cannot be read")
        }
        let settings = SamplingSettings(content.instructions.recipe.settings)
        guard
            let state = RunState(
                step: content.step, tensors: tensors, metadata: content.reuse ?? [:], settings: settings)
        else {
            throw damaged("its tensors are not those of step \(content.step)")
        }
        return (state, content.instructions)
    }

    private func damaged(_ reason: String) -> RunDirectoryError { .damaged(path: url.path, reason: reason) }

    private static func hash(_ version: String, _ content: String, _ tensors: [(String, Tensor)]) -> String {
        var hash = SHA256()
        hash.update("\(version.utf8.count) \(version) \(content.utf8.count) \(content)")
        for (name, tensor) in tensors.sorted(by: { $0.0 < $1.0 }) {
            hash.update("\(name.utf8.count) \(name) \(tensor.shape)\n")
            tensor.withValues { hash.update(UnsafeRawBufferPointer($0)) }
        }
        return hash.digits
    }
}
