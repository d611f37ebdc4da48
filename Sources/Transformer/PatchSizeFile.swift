package import Checkpoints
package import Foundation
package import Tensors

/// `patch_sizes.safetensors`, which lies beside a transformer's own weights and holds the ends of the patch
/// sizes that it has beside its base. `docs/patch-sizes.md` describes it.
///
/// A tensor such as `1x4x4.marker` makes `1x4x4` a size of the model; what does not belong to a size is found
/// as unused when the model is loaded.
package struct PatchSizeFile: Sendable {
    package let url: URL
    /// Sizes beside the base, finer ones first.
    package let sizes: [PatchSize]

    private static let name = "patch_sizes.safetensors"

    /// Reads the header of the file; nil where there is none, as in most checkpoints.
    ///
    /// - Parameters:
    ///   - component: directory of the transformer
    ///   - base: patch size of the transformer's own weights
    /// - Throws: `CheckpointError` with `MetadataProblem` for another format, version or base
    package init?(in component: URL, base: PatchSize) throws(CheckpointError) {
        url = component.appendingPathComponent(Self.name)
        guard FileManager.default.fileExists(atPath: url.path) else { return nil }
        let file = try SafetensorsFile(url)
        for (key, wanted) in [
            ("format", "zoetrope.patch_sizes"), ("version", "1"), ("base", base.description),
        ] where file.metadata[key] != wanted {
            let problem = MetadataProblem(key: key, found: file.metadata[key], wanted: wanted)
            throw .metadata(url.path, problem)
        }
        let prefixes = Set(file.tensors.keys.map { String($0.prefix { $0 != "." }) })
        sizes = prefixes.compactMap { PatchSize($0) }.filter { $0 != base }.sorted()
    }
}
