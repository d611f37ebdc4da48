public import Foundation

/// The model that is shipped with Zoetrope: a diffusers directory that the build puts beside the program.
public enum EmbeddedModel {
    /// Name under which recipes and reports speak of it.
    public static let name = "embedded"

    /// Where it may lie: beside the program, so that both can be moved together, or in the source tree it was
    /// built from.
    public static var places: [URL] {
        let beside = Bundle.main.bundleURL.appendingPathComponent("zoetrope_EmbeddedModel.resources/sprites")
        let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "sprites")
        return [beside, source]
    }

    /// The first of its ``places`` that exists; nil when the program was moved without it.
    public static var directory: URL? {
        places.first {
            FileManager.default.fileExists(atPath: $0.appendingPathComponent("model_index.json").path)
        }
    }
}
