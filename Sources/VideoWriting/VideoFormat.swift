/// What a clip can be written as; the name of the output says which.
package enum VideoFormat: String, Sendable, CaseIterable {
    /// H.264, 4:2:0, in MP4.
    case mp4
    /// VP9, 4:2:0, in WebM.
    case webm
    /// Animated GIF, at most 255 colours at a time.
    case gif
    /// A directory of PNG pictures, one a frame, without any loss.
    case png

    /// The format that a path asks for: by its extension, in any case, or a directory of PNGs when it ends in
    /// `/`.
    ///
    /// - Throws: ``VideoError/unknownFormat(path:)`` for any other ending
    package init(path: String) throws(VideoError) {
        if path.hasSuffix("/") {
            self = .png
            return
        }
        let name = path.split(separator: "/").last ?? ""
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        switch parts.count > 1 ? parts.last?.lowercased() : nil {
        case "mp4": self = .mp4
        case "webm": self = .webm
        case "gif": self = .gif
        default: throw .unknownFormat(path: path)
        }
    }

    /// How messages call it.
    package var name: String { self == .png ? "PNG frames" : "." + rawValue }
}
