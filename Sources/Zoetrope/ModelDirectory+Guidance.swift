internal import Tensors
internal import Transformer

extension ModelDirectory {
    /// What the model itself has for settings that say nothing of it: none without guidance, and none where no step's
    /// patches are finer than those to lead away from.
    ///
    /// - Throws: ``SettingsError``
    func defaultAutoguidance(for settings: GenerationSettings) throws -> Autoguidance? {
        guard var found = defaults.autoguidance, settings.guidance > 1 else { return nil }
        found.patch = found.patch ?? weakerSize
        return try guidesSomeStep(found, of: settings) ? found : nil
    }

    /// The settings' autoguidance with its patch size; nil where it is switched off.
    ///
    /// - Throws: ``OptionError`` for a size that the model does not have, one that is coarser than no step's own, and steps
    ///   that the run does not have
    func autoguidance(of settings: GenerationSettings) throws -> Autoguidance? {
        guard var found = settings.autoguidance, found.weight > 0 else { return nil }
        guard let patch = found.patch ?? weakerSize else {
            throw OptionError.noCoarserPatch(option: Autoguidance.option, found: found.description)
        }
        found.patch = patch
        let isKnown = (patchSizes + (try untrainedPatchSizes(of: settings))).contains(patch)
        guard try guidesSomeStep(found, of: settings), isKnown else {
            let finest = try patchSizes(of: settings).map(\.cells).min() ?? 0
            throw OptionError.patch(
                option: Autoguidance.option, found: found.description, patch: patch.description,
                known: patchSizes.filter { $0.cells > finest }.map(\.description))
        }
        return found
    }

    /// The settings' guidance away from the model without some blocks, which it names; nil where it is switched off.
    ///
    /// - Throws: ``OptionError`` for blocks that the model does not have
    func skipGuidance(of settings: GenerationSettings) throws -> SkipGuidance? {
        try settings.skipGuidance?.resolved(layers: transformer.layers)
    }

    private func guidesSomeStep(_ autoguidance: Autoguidance, of settings: GenerationSettings) throws -> Bool
    {
        let own = try patchSizes(of: settings)
        return try own.indices.contains {
            try autoguidance.guides(step: $0, of: own[$0], count: own.count)
        }
    }

    /// Of the sizes that are coarser than the base, the finest with a quarter of its tokens or fewer, else the coarsest.
    private var weakerSize: PatchSize? {
        let coarser = patchSizes.filter { $0.cells > transformer.patch.cells }
        return coarser.first { $0.cells >= 4 * transformer.patch.cells } ?? coarser.last
    }
}
