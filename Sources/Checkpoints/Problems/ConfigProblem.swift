/// Why a file of settings cannot be used; `key` is a path such as `rope.axes[2]`.
package enum ConfigProblem: Equatable, Sendable {
    case notJSON(reason: String)
    case missingKey(String)
    case wrongType(key: String, found: String, wanted: String)
    case wrongValue(key: String, reason: String)
}

extension ConfigProblem: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notJSON(let reason):
            "is not valid JSON: \(reason) Correct the file, or fetch it again."
        case .missingKey(let key):
            "has no '\(key)', which this model needs. Take the config.json that came with the weights."
        case .wrongType(let key, let found, let wanted):
            "'\(key)' is \(found), but must be of type \(wanted). Correct the file, or fetch it again."
        case .wrongValue(let key, let reason):
            "'\(key)' has a value that cannot be used: \(reason) Correct the file, or take a supported model."
        }
    }
}
