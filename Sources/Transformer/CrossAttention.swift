internal import Checkpoints
internal import Kernels
internal import Layers
package import Tensors

/// Every token looks at the prompt and, in models that have one, at the image; the two answers are added up.
///
/// - Source: diffusers 0.42.1 `transformer_wan.py`, `WanAttnProcessor`
package struct CrossAttention: Sendable {
    private let heads: AttentionHeads
    private let text: KeyValueProjection
    private let image: KeyValueProjection?
    private let workers: Workers

    init(
        _ weights: WeightScope, config: DiTConfig, settings: TransformerSettings, on workers: Workers
    ) throws {
        heads = try AttentionHeads(weights, config: config, settings: settings, on: workers)
        text = try KeyValueProjection(weights, .tokens, config: config, on: workers)
        image =
            config.imageWidth == nil
            ? nil : try KeyValueProjection(weights, .image, config: config, on: workers)
        self.workers = workers
        // Published image-to-video models carry it, all zero; diffusers passes over it too.
        if image != nil { weights.ignore("norm_added_q") }
    }

    /// Those of a forward pass; what a prompt is read with is needed once.
    var matrices: [Linear] { heads.matrices }

    /// Gives back the memory of the weights that a prompt is read with.
    func letGoPrompt() { (text.matrices + (image?.matrices ?? [])).forEach { $0.letGo() } }

    /// - Parameters:
    ///   - text: `[rows, C]`
    ///   - bias: `[1, 1, rows]`, added to the scores of these rows
    ///   - image: `[image tokens, C]`
    package func memory(of text: Tensor, bias: Tensor?, image tokens: Tensor?) -> BlockMemory {
        BlockMemory(
            text: self.text.keysAndValues(of: text), image: tokens.flatMap { image?.keysAndValues(of: $0) },
            textBias: bias)
    }

    /// `x += output`
    ///
    /// - Parameters:
    ///   - tokens: what the tokens ask with, `[L, C]`
    ///   - x: `[L, C]`
    /// - Throws: `CancellationError`
    package func callAsFunction(
        _ tokens: consuming Tensor, over memory: BlockMemory, addedTo x: inout Tensor
    ) throws {
        try workers.checkCancellation()
        let query = heads.queries(of: heads.prepared(consume tokens))
        var answers = heads.attend(query, memory.text.keys, memory.text.values, bias: memory.textBias)
        if let image = memory.image {
            answers.add(heads.attend(query, image.keys, image.values), on: workers)
        }
        heads.addOutput(of: answers, to: &x)
    }
}
