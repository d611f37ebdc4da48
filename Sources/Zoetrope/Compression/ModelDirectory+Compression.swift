internal import Transformer

extension ModelDirectory {
    /// Whether the model and the run have the blocks and steps that compression names.
    ///
    /// - Throws: ``OptionError``
    func check(compressionOf settings: GenerationSettings) throws {
        try settings.compression?.check(blocks: transformer.layers, steps: settings.steps)
    }
}
