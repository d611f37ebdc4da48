internal import Tensors
internal import Transformer

/// All that sampling carries from step to step beside the latent and the solver: what earlier steps computed and
/// later ones may use again.
struct ReuseState: Sendable {
    var conditional = BlockCache()
    var unconditional = BlockCache()
    /// Conditional minus unconditional velocity of the last step that had both, `[z, f, h, w]`.
    var guidance: Tensor?
}

/// Its tensors and numbers by name, to be written to a file and read from one.
extension ReuseState {
    private static let branches: [(name: String, path: any WritableKeyPath<ReuseState, BlockCache> & Sendable)] = [
        ("conditional", \.conditional), ("unconditional", \.unconditional),
    ]

    var tensors: [String: Tensor] {
        var tensors: [String: Tensor] = [:]
        for (name, path) in Self.branches {
            tensors["reuse.\(name).first"] = self[keyPath: path].first
            tensors["reuse.\(name).others"] = self[keyPath: path].others
        }
        tensors["reuse.guidance"] = guidance
        return tensors
    }

    var metadata: [String: String] {
        var metadata: [String: String] = [:]
        for (name, path) in Self.branches {
            let cache = self[keyPath: path]
            metadata["reuse.\(name).skipped"] = "\(cache.skipped)"
            metadata["reuse.\(name).patch"] = cache.patch?.description
        }
        return metadata
    }

    init(tensors: [String: Tensor], metadata: [String: String]) {
        for (name, path) in Self.branches {
            self[keyPath: path].first = tensors["reuse.\(name).first"]
            self[keyPath: path].others = tensors["reuse.\(name).others"]
            self[keyPath: path].skipped = metadata["reuse.\(name).skipped"].flatMap { Int($0) } ?? 0
            self[keyPath: path].patch = metadata["reuse.\(name).patch"].flatMap { PatchSize($0) }
        }
        guidance = tensors["reuse.guidance"]
    }
}
