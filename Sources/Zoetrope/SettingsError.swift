public import Foundation

/// A setting that the model cannot take. Thrown before any weight is loaded.
public enum SettingsError: Error, Equatable, Sendable {
    /// A size in pixels that is no multiple of what the model's patches and autoencoder need.
    case size(name: String, found: Int, multiple: Int, nearest: [Int])
    /// A number of frames that the autoencoder's compression in time cannot give.
    case frames(found: Int, step: Int, offset: Int, nearest: [Int])
    /// A size that is larger than the model has positions for.
    case tooLarge(name: String, found: Int, largest: Int)
    case outOfRange(name: String, found: String, range: String)
}

extension SettingsError: CustomStringConvertible, LocalizedError {
    public var description: String {
        switch self {
        case let .size(name, found, multiple, nearest):
            "--\(name) \(found): this model needs a multiple of \(multiple). Take \(Self.list(nearest))."
        case let .frames(found, step, offset, nearest):
            "--frames \(found): this model makes \(step)k+\(offset) frames. Take \(Self.list(nearest))."
        case let .tooLarge(name, found, largest):
            "--\(name) \(found): this model has positions for \(largest) at the most. Take \(largest) or less."
        case let .outOfRange(name, found, range):
            "--\(name) \(found): it has to be \(range)."
        }
    }

    public var errorDescription: String? { description }

    private static func list(_ values: [Int]) -> String { values.map(String.init).joined(separator: " or ") }
}
