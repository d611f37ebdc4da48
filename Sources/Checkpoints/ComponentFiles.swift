import Foundation

/// Which file of a directory leads to its weights.
enum ComponentFiles {
    case single(URL)
    case sharded(index: URL)

    private static let suffix = ".safetensors"
    private static let indexSuffix = ".safetensors.index.json"

    /// What diffusers and transformers call their weights.
    private static let knownStems = ["diffusion_pytorch_model", "model"]

    /// Takes the only set of weights that has a known name, else the only one there is; several (also one
    /// that is there both whole and in shards) are an error.
    init(in directory: URL) throws(CheckpointError) {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
        } catch {
            throw .file(directory.path, .cannotOpen(code: error.systemCode))
        }
        let indices = names.filter { $0.hasSuffix(Self.indexSuffix) }
        let singles = names.filter { $0.hasSuffix(Self.suffix) && (indices.isEmpty || !Self.isShard($0)) }
        let candidates = indices + singles
        let known = candidates.filter { name in
            Self.knownStems.contains { name == $0 + Self.suffix || name == $0 + Self.indexSuffix }
        }
        let chosen = known.isEmpty ? candidates : known
        guard let name = chosen.first else {
            throw .shards(directory.path, .nothingFound(present: names))
        }
        guard chosen.count == 1 else {
            throw .shards(directory.path, .ambiguous(candidates: chosen))
        }
        let url = directory.appendingPathComponent(name)
        self = indices.contains(name) ? .sharded(index: url) : .single(url)
    }

    /// Whether a name ends like `-00001-of-00002.safetensors`.
    private static func isShard(_ name: String) -> Bool {
        let parts = name.dropLast(suffix.count).split(separator: "-").suffix(3)
        return parts.count == 3 && parts.dropFirst().first == "of"
    }
}

extension Error {
    /// The system's error number behind an error of Foundation's; EIO where there is none.
    var systemCode: Int32 {
        let error = self as NSError
        if error.domain == NSPOSIXErrorDomain { return Int32(truncatingIfNeeded: error.code) }
        guard let cause = error.userInfo[NSUnderlyingErrorKey] as? any Error else { return EIO }
        return cause.systemCode
    }
}
