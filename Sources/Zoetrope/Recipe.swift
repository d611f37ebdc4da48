public import Foundation

/// All that made a clip, kept in the clip itself, so that the clip can be made again.
public struct Recipe: Codable, Equatable, Sendable {
    /// Version of Zoetrope that made the clip.
    public var zoetrope: String
    public var model: ModelIdentity
    public var settings: GenerationSettings

    public init(zoetrope: String, model: ModelIdentity, settings: GenerationSettings) {
        self.zoetrope = zoetrope
        self.model = model
        self.settings = settings
    }

    /// JSON with sorted keys: the same recipe gives the same bytes.
    public func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    /// Reads what ``json()`` wrote.
    ///
    /// - Parameter source: the file that the text comes from, for the error
    /// - Throws: ``RecipeError/notOurs(path:reason:)``
    public init(json: String, from source: String) throws {
        do {
            self = try JSONDecoder().decode(Recipe.self, from: Data(json.utf8))
        } catch {
            throw RecipeError.notOurs(path: source, reason: Self.explain(error))
        }
    }

    private static func explain(_ error: any Error) -> String {
        switch error {
        case let DecodingError.keyNotFound(key, _): "it has no '\(key.stringValue)'"
        case let DecodingError.typeMismatch(_, context), let DecodingError.valueNotFound(_, context):
            "'\(context.codingPath.map(\.stringValue).joined(separator: "."))' is of another kind"
        case let DecodingError.dataCorrupted(context) where !context.codingPath.isEmpty:
            "'\(context.codingPath.map(\.stringValue).joined(separator: "."))' cannot be used "
                + "(\(context.debugDescription))"
        default: "it is not JSON"
        }
    }
}

/// Which weights made a clip.
public struct ModelIdentity: Codable, Equatable, Sendable {
    /// Name of the model's directory, or of an embedded model.
    public var name: String
    /// Fingerprint of all its weight files.
    public var hash: String
}

public enum RecipeError: Error, Equatable, Sendable {
    case notOurs(path: String, reason: String)
    case otherModel(path: String, expected: ModelIdentity, found: ModelIdentity)
}

extension RecipeError: CustomStringConvertible, LocalizedError {
    public var description: String {
        switch self {
        case let .notOurs(path, reason):
            "'\(path)' has a comment, but it is no recipe of Zoetrope: \(reason). Only clips that Zoetrope made can be rerun."
        case let .otherModel(path, expected, found):
            "'\(path)' was made by the model '\(expected.name)' (\(expected.hash)), but this is '\(found.name)' "
                + "(\(found.hash)). Name the directory of the right one with --model."
        }
    }

    public var errorDescription: String? { description }
}
