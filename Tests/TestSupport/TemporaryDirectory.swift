package import Foundation

/// A new directory that goes, with all in it, when its last holder does.
package final class TemporaryDirectory: Sendable {
    package let url: URL

    /// Where it cannot be made, writing into it fails and says why.
    package init() {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("zoetrope-\(UUID().uuidString)")
        try? FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// Path of a file in it.
    package subscript(name: String) -> URL { url.appendingPathComponent(name) }

    /// Names of what is in it, hidden files included.
    package var contents: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: url.path).sorted() }
    }
}
