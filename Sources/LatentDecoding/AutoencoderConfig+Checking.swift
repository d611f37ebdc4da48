extension AutoencoderConfig {
    /// No published model comes near; keeps products of sizes from overflowing.
    private static let sizes = 1...65_536

    /// Whether the layout can be built at all. A file is outside data, so each of these is an error, not a
    /// trap.
    func check() throws(AutoencoderError) {
        try checkSizes()
        try check("temperal_downsample", halvesTime.count, multipliers.count - 1)
        try check("latents_mean", latentMean.count, latentChannels)
        try check("latents_std", latentDeviation.count, latentChannels)
        guard latentDeviation.allSatisfy({ $0 > 0 && $0.isFinite }), latentMean.allSatisfy(\.isFinite) else {
            throw .unusableStatistics
        }
        guard attentionScales.isEmpty else { throw .attentionScales(attentionScales) }
        try checkAgreement("in_channels", inputChannels, 3 * patchSize * patchSize)
        try checkAgreement("out_channels", outputChannels, 3 * patchSize * patchSize)
        try checkAgreement("scale_factor_temporal", statedTemporalFactor ?? temporalFactor, temporalFactor)
        try checkAgreement("scale_factor_spatial", statedSpatialFactor ?? spatialFactor, spatialFactor)
        if hasLevelShortcuts { try checkShortcuts() }
    }

    private func checkSizes() throws(AutoencoderError) {
        guard (1...8).contains(multipliers.count) else { throw .unusableSize("dim_mult", multipliers.count) }
        guard (1...64).contains(patchSize) else { throw .unusableSize("patch_size", patchSize) }
        let fields = [
            ("base_dim", encoderWidth), ("decoder_base_dim", decoderWidth), ("z_dim", latentChannels),
            ("num_res_blocks", residualBlocks),
        ]
        for (field, size) in fields + multipliers.map({ ("dim_mult", $0) }) where !Self.sizes.contains(size) {
            throw .unusableSize(field, size)
        }
    }

    private func check(_ field: String, _ found: Int, _ expected: Int) throws(AutoencoderError) {
        guard found == expected else { throw .wrongCount(field: field, found: found, expected: expected) }
    }

    private func checkAgreement(_ field: String, _ stated: Int, _ computed: Int) throws(AutoencoderError) {
        guard stated == computed else { throw .contradiction(field: field, stated: stated, layout: computed) }
    }

    /// A short-cut copies or averages whole channels, so the widths around a level must divide one another.
    private func checkShortcuts() throws(AutoencoderError) {
        for level in multipliers.indices {
            let (from, to) = (encoderWidths[level], encoderWidths[level + 1])
            let values = blockValues(ofLevel: level)
            guard from * values % to == 0 else { throw .unevenShortcut(from: from, to: to) }
        }
        for level in multipliers.indices.dropLast() {
            let (from, to) = (decoderWidths[level], decoderWidths[level + 1])
            let values = blockValues(ofLevel: multipliers.count - 2 - level)
            guard to * values % from == 0 else { throw .unevenShortcut(from: from, to: to) }
        }
    }

    /// Values of one channel that a level of the encoder turns into one: frames times rows times columns.
    private func blockValues(ofLevel level: Int) -> Int {
        level == multipliers.count - 1 ? 1 : halvesTime[level] ? 8 : 4
    }
}
