/// What became of the passes of one sampling step.
public struct StepPasses: Codable, Equatable, Sendable {
    public enum Pass: String, Codable, Sendable {
        /// All blocks were computed.
        case computed
        /// The first block was computed, and the others stand as they were at an earlier step.
        case cached
        /// Nothing was computed: an earlier pass stands in.
        case reused
        /// The step needs no such pass.
        case none
    }

    public var conditional: Pass
    public var unconditional: Pass
    /// With coarser patches, for autoguidance; nil where the step has none.
    public var coarse: Pass?
    /// Without some blocks, for skip guidance; nil where the step has none.
    public var skipping: Pass?

    public init(
        conditional: Pass, unconditional: Pass, coarse: Pass? = nil, skipping: Pass? = nil
    ) {
        self.conditional = conditional
        self.unconditional = unconditional
        self.coarse = coarse
        self.skipping = skipping
    }

    /// All that the step has.
    public var all: [Pass] {
        [conditional, unconditional, coarse ?? .none, skipping ?? .none].filter { $0 != .none }
    }

    var needed: Int { all.count }

    var skipped: Int { all.filter { $0 == .cached || $0 == .reused }.count }
}

extension [StepPasses] {
    /// Such as "7 of 24 passes skipped"; nil where none was. A pass whose blocks came from the cache counts as
    /// skipped.
    public var summary: String? {
        let (needed, skipped) = (reduce(0) { $0 + $1.needed }, reduce(0) { $0 + $1.skipped })
        return skipped == 0 ? nil : "\(skipped) of \(needed) passes skipped"
    }
}
