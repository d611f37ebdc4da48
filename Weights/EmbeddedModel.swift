public import Foundation

/// The models that are shipped with Zoetrope: diffusers directories that the build puts beside the program.
public enum EmbeddedModel: String, CaseIterable, Sendable {
    /// Many subjects, motions and backgrounds, several patch sizes, pictures and tracks: what runs when no model is named.
    case world
    /// Few subjects at a quarter of the pixels: a clip in a third of a second.
    case sprites

    public static let standard = EmbeddedModel.world

    /// Where it may lie: beside the program, so that both can be moved together, or in the source tree it was
    /// built from.
    public var places: [URL] {
        let beside = Bundle.main.bundleURL.appendingPathComponent("zoetrope_EmbeddedModel.resources")
        let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        return [beside, source].map { $0.appendingPathComponent(rawValue) }
    }

    /// The first of its ``places`` that exists; nil when the program was moved without it.
    public var directory: URL? {
        places.first {
            FileManager.default.fileExists(atPath: $0.appendingPathComponent("model_index.json").path)
        }
    }
}
