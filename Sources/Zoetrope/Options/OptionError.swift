public import Foundation

/// A setting written as text that cannot be read, or that the model or the run cannot take. Thrown before any weight is
/// loaded.
public enum OptionError: Error, Equatable, Sendable {
    /// A part that the option does not have, or that stands there twice.
    case part(option: String, found: String, part: String, known: [String])
    case value(option: String, found: String, part: String, wanted: String)
    /// More tokens of a window would go than can.
    case ratio(found: String, window: String, tokens: Int)
    case blocks(option: String, found: String, blocks: String, count: Int)
    case steps(option: String, found: String, steps: String, count: Int)
    /// An option about the unconditional pass, in a run that has none.
    case noGuidance(option: String, found: String)
    /// A patch size beside those of the steps, which the model does not have or which is coarser than none of theirs.
    case patch(option: String, found: String, patch: String, known: [String])
    /// A model without a patch size that is coarser than its steps'.
    case noCoarserPatch(option: String, found: String)
    /// Merging and an attention window in one block of one step.
    case mergingInWindow(merge: String, window: String)
    /// Windows of pooled keys that do not fill the tiles of an attention window.
    case poolAcrossTiles(pool: String, tile: String)
}

extension OptionError: CustomStringConvertible, LocalizedError {
    public var description: String {
        switch self {
        case let .part(option, found, part, known):
            "\(option) \(found): '\(part)' cannot stand there. After the first value come "
                + "\(known.joined(separator: ", ")), each at most once."
        case let .value(option, found, part, wanted):
            "\(option) \(found): '\(part)' has to be \(wanted)."
        case let .ratio(found, window, tokens):
            "--merge \(found): of the \(tokens) \(tokens == 1 ? "token" : "tokens") of a window of \(window) one stays. "
                + "Take \(tokens == 1 ? "" : "a ratio of \(tokens - 1)/\(tokens) or less, or ")a larger window."
        case let .blocks(option, found, blocks, count):
            "\(option) \(found): this model has no blocks \(blocks), only 0 to \(count - 1). Take blocks of these."
        case let .steps(option, found, steps, count):
            "\(option) \(found): this run has no steps \(steps), only 0 to \(count - 1). Take steps of these, or "
                + "another --steps."
        case let .noGuidance(option, found):
            "\(option) \(found): guidance 1 has no unconditional pass. Leave the option out, or take --guidance above 1."
        case let .patch(option, found, patch, known):
            "\(option) \(found): \(patch) has to be a patch size of the model, coarser than that of some step that is guided so. "
                + (known.isEmpty
                    ? "There is none; take 0, which switches this off."
                    : "Take \(known.joined(separator: " or ")).")
        case let .noCoarserPatch(option, found):
            "\(option) \(found): this model has no patches that are coarser than its steps'. Leave the option out, or name a size "
                + "in patch=... and add --untrained-patch, an experiment that resizes the model's own patches."
        case let .mergingInWindow(merge, window):
            "--merge \(merge) and --attention-window \(window): merged tokens do not lie in tiles, so a block has one "
                + "or the other. Give them blocks=... or steps=... that do not meet."
        case let .poolAcrossTiles(pool, tile):
            "--pool-keys \(pool): each side has to divide that of the attention window's tile, which is \(tile). "
                + "Take another window or tile=..., or blocks=... or steps=... that do not meet."
        }
    }

    public var errorDescription: String? { description }
}
