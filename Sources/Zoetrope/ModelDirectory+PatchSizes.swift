internal import Tensors
internal import Transformer

extension ModelDirectory {
    /// Patch sizes that the transformer has, finer ones first.
    var patchSizes: [PatchSize] { ([transformer.patch] + furtherPatchSizes).sorted() }

    /// Those beside the base.
    var furtherPatchSizes: [PatchSize] { patchSizeFile?.sizes ?? [] }

    /// Patch size of each step.
    ///
    /// - Throws: ``SettingsError``
    func patchSizes(of settings: GenerationSettings) throws -> [PatchSize] {
        try (settings.patch ?? PatchSchedule(of: [transformer.patch]))
            .sizes(steps: settings.steps, known: patchSizes)
    }

    /// The one spelling of the settings' schedule, so that the same settings give the same bytes, recipe
    /// included; nil where all steps have the base size.
    ///
    /// - Throws: ``SettingsError``
    func patchSchedule(of settings: GenerationSettings) throws -> PatchSchedule? {
        let sizes = try patchSizes(of: settings)
        return sizes.allSatisfy { $0 == transformer.patch } ? nil : PatchSchedule(of: sizes)
    }
}
