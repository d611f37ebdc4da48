/// Why a file of settings cannot be used; `key` is a path such as `rope.axes[2]`.
package enum ConfigProblem: Equatable, Sendable {
    case missingKey(String)
    case wrongType(key: String, found: String, wanted: String)
    case wrongValue(key: String, reason: String)
    /// Foundation does not tell which number it was; `suspects` are all that are no whole numbers of 64 bits.
    case wrongNumber(suspects: [String])
    case undecodable(reason: String)
}

extension ConfigProblem: CustomStringConvertible {
    package var description: String {
        switch self {
        case .missingKey(let key):
            "has no '\(key)', which this model needs. Take the config.json that came with the weights."
        case .wrongType(let key, let found, let wanted):
            "\(key.isEmpty ? "its JSON" : "'\(key)'") is \(found), but must be of type \(wanted). "
                + "Correct the file, or fetch it again."
        case .wrongValue(let key, let reason):
            "'\(key)' has a value that cannot be used: \(Self.sentence(reason)) \(Self.advice)"
        case .wrongNumber(let suspects):
            "has a number that does not fit its setting, such as a fraction where a whole number must be; "
                + "it is one of \(listing(suspects)). \(Self.advice)"
        case .undecodable(let reason):
            "cannot be used: \(Self.sentence(reason)) \(Self.advice)"
        }
    }

    private static func sentence(_ reason: String) -> String { reason.hasSuffix(".") ? reason : reason + "." }

    private static let advice = "Correct the file, or take a supported model."
}
