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
            .sizes(steps: settings.steps, known: patchSizes + untrainedPatchSizes(of: settings))
    }

    /// Sizes of the schedule and of autoguidance that the model does not have, where the settings allow them.
    ///
    /// - Throws: ``SettingsError/untrainedPatchTooLarge(found:cells:most:)``
    func untrainedPatchSizes(of settings: GenerationSettings) throws -> [PatchSize] {
        guard settings.untrainedPatch == true else { return [] }
        let named =
            (settings.patch?.parts.map(\.patch) ?? []) + [settings.autoguidance?.patch].compactMap { $0 }
        let sizes = Set(named).subtracting(patchSizes).sorted()
        for size in sizes where size.cells > Self.mostUntrainedCells {
            throw SettingsError.untrainedPatchTooLarge(
                found: size.description, cells: size.cells, most: Self.mostUntrainedCells)
        }
        return sizes
    }

    /// What the user should know of such sizes; nil where there are none.
    func untrainedPatchWarning(of settings: GenerationSettings) throws -> String? {
        let sizes = try untrainedPatchSizes(of: settings)
        guard !sizes.isEmpty else { return nil }
        return
            "experimental: the model was not trained with patches of \(sizes.map(\.description).joined(separator: ", ")); "
            + "its ends are resized from \(transformer.patch), and the picture will be worse (docs/patch-sizes.md)"
    }

    // A token's ends are as many times the base's as it has cells: 64 times those of Wan, 10 to 30 MB each.
    private static let mostUntrainedCells = 256

    /// The one spelling of the settings' schedule, so that the same settings give the same bytes, recipe
    /// included; nil where all steps have the base size.
    ///
    /// - Throws: ``SettingsError``
    func patchSchedule(of settings: GenerationSettings) throws -> PatchSchedule? {
        let sizes = try patchSizes(of: settings)
        return sizes.allSatisfy { $0 == transformer.patch } ? nil : PatchSchedule(of: sizes)
    }
}
