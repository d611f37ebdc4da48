extension AutoencoderConfig {
    /// Reads and checks the fields. Those that came with Wan 2.2 are absent from older files and then mean
    /// what the class takes them for.
    ///
    /// - Throws: `DecodingError` with the field and what is wrong with it
    package init(from decoder: any Decoder) throws {
        let fields = Fields(values: try decoder.container(keyedBy: CodingKeys.self))
        encoderWidth = try fields.size(.encoderWidth)
        decoderWidth = try fields.size(.decoderWidth, whenAbsent: encoderWidth)
        latentChannels = try fields.size(.latentChannels)
        multipliers = try fields.values.decode([Int].self, forKey: .multipliers)
        residualBlocks = try fields.size(.residualBlocks)
        attentionScales = try fields.values.decode([Float].self, forKey: .attentionScales)
        halvesTime = try fields.values.decode([Bool].self, forKey: .halvesTime)
        hasLevelShortcuts = try fields.values.decodeIfPresent(Bool.self, forKey: .hasLevelShortcuts) ?? false
        patchSize = try fields.size(.patchSize, whenAbsent: 1)
        inputChannels = try fields.size(.inputChannels, whenAbsent: 3)
        outputChannels = try fields.size(.outputChannels, whenAbsent: 3)
        latentMean = try fields.values.decode([Float].self, forKey: .latentMean)
        latentDeviation = try fields.values.decode([Float].self, forKey: .latentDeviation)
        statedTemporalFactor = try fields.values.decodeIfPresent(Int.self, forKey: .statedTemporalFactor)
        statedSpatialFactor = try fields.values.decodeIfPresent(Int.self, forKey: .statedSpatialFactor)
        try checkLists(fields)
        try checkAgreement(fields)
        if hasLevelShortcuts { try checkShortcuts(fields) }
    }

    private func checkLists(_ fields: Fields) throws {
        try fields.require(
            (1...8).contains(multipliers.count) && multipliers.allSatisfy(Fields.sizes.contains),
            .multipliers,
            "it needs 1 to 8 factors of at least 1.")
        try fields.require(
            halvesTime.count == multipliers.count - 1, .halvesTime,
            "it has \(halvesTime.count) entries, but 'dim_mult' asks for \(multipliers.count - 1).")
        try fields.require(
            latentMean.count == latentChannels && latentMean.allSatisfy(\.isFinite), .latentMean,
            "it needs \(latentChannels) finite numbers, one for each latent channel.")
        try fields.require(
            latentDeviation.count == latentChannels && latentDeviation.allSatisfy { $0 > 0 && $0.isFinite },
            .latentDeviation, "it needs \(latentChannels) numbers above 0, one for each latent channel.")
        // The reference builds the encoder's attention blocks, but fails when it runs them on a video.
        try fields.require(attentionScales.isEmpty, .attentionScales, "only an empty list is supported.")
    }

    private func checkAgreement(_ fields: Fields) throws {
        let stated = [
            (CodingKeys.inputChannels, inputChannels, 3 * patchSize * patchSize),
            (.outputChannels, outputChannels, 3 * patchSize * patchSize),
            (.statedTemporalFactor, statedTemporalFactor ?? temporalFactor, temporalFactor),
            (.statedSpatialFactor, statedSpatialFactor ?? spatialFactor, spatialFactor),
        ]
        for (key, found, expected) in stated {
            try fields.require(
                found == expected, key, "it is \(found), but the other fields make it \(expected).")
        }
    }

    /// A short-cut copies or averages whole channels, so what goes into it must come out even.
    private func checkShortcuts(_ fields: Fields) throws {
        for level in multipliers.indices {
            let (from, to) = (encoderWidths[level], encoderWidths[level + 1])
            try fields.require(
                from * blockValues(ofLevel: level) % to == 0, .multipliers,
                "the encoder's short-cut from \(from) to \(to) channels does not come out even.")
        }
        for level in multipliers.indices.dropLast() {
            let (from, to) = (decoderWidths[level], decoderWidths[level + 1])
            try fields.require(
                to * blockValues(ofLevel: multipliers.count - 2 - level) % from == 0, .multipliers,
                "the decoder's short-cut from \(from) to \(to) channels does not come out even.")
        }
    }

    /// Values of one channel that a level of the encoder, 0 being the finest, turns into one.
    private func blockValues(ofLevel level: Int) -> Int {
        level == multipliers.count - 1 ? 1 : halvesTime[level] ? 8 : 4
    }
}

/// The fields of the file, with messages for those that cannot be used.
private struct Fields {
    /// No published model comes near the upper end, which keeps products of sizes from overflowing.
    static let sizes = 1...4096

    let values: KeyedDecodingContainer<AutoencoderConfig.CodingKeys>

    /// A count or width.
    ///
    /// - Parameter fallback: for a field that is absent or null; nil where it must not be
    func size(_ key: AutoencoderConfig.CodingKeys, whenAbsent fallback: Int? = nil) throws -> Int {
        if let fallback, try !values.contains(key) || values.decodeNil(forKey: key) { return fallback }
        let size = try values.decode(Int.self, forKey: key)
        try require(Self.sizes.contains(size), key, "\(size) is not between 1 and \(Self.sizes.upperBound).")
        return size
    }

    func require(_ condition: Bool, _ key: AutoencoderConfig.CodingKeys, _ reason: String) throws {
        guard condition else {
            throw DecodingError.dataCorruptedError(forKey: key, in: values, debugDescription: reason)
        }
    }
}
