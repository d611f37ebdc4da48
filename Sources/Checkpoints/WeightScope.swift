package import Tensors

/// The tensors of a checkpoint below a prefix, as a layer sees them.
///
/// Layers take what they need by name and shape. What is missing or does not fit is noted and replaced by
/// zeros, so that loading goes on and ``checkAllUsed()`` can name everything that is wrong at once: call it
/// when the model is built, and use no model for which it threw.
package struct WeightScope: Sendable {
    /// Path of this scope in the checkpoint; empty at the root.
    package let prefix: String
    private let checkpoint: Checkpoint
    private let record: LoadingRecord

    /// - Parameter prefix: what all names of the model start with in this checkpoint, without the last "."
    package init(_ checkpoint: Checkpoint, prefix: String = "") {
        self.init(checkpoint, prefix, LoadingRecord())
    }

    private init(_ checkpoint: Checkpoint, _ prefix: String, _ record: LoadingRecord) {
        self.checkpoint = checkpoint
        self.prefix = prefix
        self.record = record
    }

    /// The scope of a part: `weights["blocks.0.attn1"]` is `weights["blocks"][0]["attn1"]`.
    package subscript(_ part: String) -> WeightScope { WeightScope(checkpoint, path(of: part), record) }

    package subscript(_ index: Int) -> WeightScope { self[String(index)] }

    private func path(of name: String) -> String { prefix.isEmpty ? name : "\(prefix).\(name)" }

    /// The tensor `name` in the type that the file has, checked to be a floating-point type of exactly this
    /// shape.
    ///
    /// - Returns: the tensor; or zeros of this shape when ``checkAllUsed()`` will throw
    /// - Throws: at once only for a shape so large that not even zeros can stand in
    package func tensor(_ name: String, shape: [Int]) throws(CheckpointError) -> StoredTensor {
        let name = path(of: name)
        record.take(name)
        if let stored = checkpoint[name] {
            if stored.type.isFloatingPoint && stored.shape == shape { return stored }
            record.noteMisfit(of: stored, name, expected: shape)
        } else {
            record.noteMissing(name)
        }
        guard let zeros = record.zeros(shape: shape) else { throw .keys(checkpoint.path, record.problems) }
        return zeros
    }

    /// The values of a small tensor, such as a bias, in fp32; otherwise as ``tensor(_:shape:)``.
    package func values(_ name: String, shape: [Int]) throws(CheckpointError) -> Tensor {
        try tensor(name, shape: shape).widened()
    }

    /// Whether the checkpoint has a tensor `name` here; does not take it.
    package func contains(_ name: String) -> Bool { checkpoint[path(of: name)] != nil }

    /// Lets ``checkAllUsed()`` pass over the tensor `name` and all tensors below it, if there are any.
    package func ignore(_ name: String) {
        let name = path(of: name)
        for key in checkpoint.tensors.keys where key == name || key.hasPrefix(name + ".") { record.take(key) }
    }

    /// To be called when all is loaded.
    ///
    /// - Throws: ``CheckpointError/keys(_:_:)`` when a tensor below this scope was missing, did not fit or
    ///   was not used
    package func checkAllUsed() throws(CheckpointError) {
        var problems = record.problems
        problems.unused = checkpoint.tensors.keys.filter { !record.hasTaken($0) }.sorted()
        problems.keepOnly { prefix.isEmpty || $0.hasPrefix(prefix + ".") }
        guard problems.isEmpty else { throw .keys(checkpoint.path, problems) }
    }
}
