package import Tensors
package import Transformer

/// All that sampling carries from step to step beside the latent and the solver: what earlier steps computed and
/// later ones may use again.
package struct ReuseState: Sendable {
    package var conditional = BlockCache()
    package var unconditional = BlockCache()
    /// Whether both caches were filled at the same step.
    package var isPaired = false
    /// Conditional minus unconditional velocity of the last step that computed both, `[z, f, h, w]`.
    package var difference: Tensor?

    package init() {}
}

/// Its tensors and numbers by name, to be written to a file and read from one.
extension ReuseState {
    private static let branches:
        [(name: String, path: any WritableKeyPath<ReuseState, BlockCache> & Sendable)] =
            [("conditional", \.conditional), ("unconditional", \.unconditional)]

    package var tensors: [String: Tensor] {
        var tensors: [String: Tensor] = [:]
        for (name, path) in Self.branches {
            tensors["reuse.\(name).first"] = self[keyPath: path].first
            tensors["reuse.\(name).others"] = self[keyPath: path].others
        }
        tensors["reuse.difference"] = difference
        return tensors
    }

    package var metadata: [String: String] {
        var metadata = ["reuse.paired": "\(isPaired)"]
        for (name, path) in Self.branches {
            metadata["reuse.\(name).skipped"] = "\(self[keyPath: path].skipped)"
            metadata["reuse.\(name).tokens"] = self[keyPath: path].tokens
        }
        return metadata
    }

    /// Takes what ``tensors`` and ``metadata`` gave; names of others are passed over, and what is absent is empty.
    package init(tensors: [String: Tensor], metadata: [String: String]) {
        for (name, path) in Self.branches {
            self[keyPath: path].first = tensors["reuse.\(name).first"]
            self[keyPath: path].others = tensors["reuse.\(name).others"]
            self[keyPath: path].skipped = metadata["reuse.\(name).skipped"].flatMap { Int($0) } ?? 0
            self[keyPath: path].tokens = metadata["reuse.\(name).tokens"]
        }
        isPaired = metadata["reuse.paired"] == "true"
        difference = tensors["reuse.difference"]
    }
}
