public import Foundation

/// The model that is shipped with Zoetrope: a diffusers directory beside the program.
public enum EmbeddedModel {
    /// Name under which recipes and reports speak of it.
    public static let name = "embedded"

    /// Its directory, `sprites`.
    public static var directory: URL { Bundle.module.bundleURL.appendingPathComponent("sprites") }
}
