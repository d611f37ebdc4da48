internal import Checkpoints
import Foundation
internal import PictureReading
internal import Pictures

/// A picture of a request: where it lies, and what it is, so that a clip can be made again from the same one.
public struct PictureSource: Codable, Equatable, Sendable {
    public var path: String
    /// SHA-256 of the file, 64 hexadecimal digits.
    public var sha256: String

    /// - Throws: an error that says whether there is no file, no picture in it, or a broken one
    public init(path: String) throws {
        self = try Self.read(path).source
    }

    static func read(_ path: String) throws -> (source: PictureSource, frame: Frame) {
        let frame = try readPicture(path)
        return (PictureSource(path: path, sha256: try hash(of: path)), frame)
    }

    private init(path: String, sha256: String) {
        self.path = path
        self.sha256 = sha256
    }

    private static func hash(of path: String) throws -> String {
        var hash = SHA256()
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        bytes.withUnsafeBytes { hash.update($0) }
        return hash.digits
    }

    /// The picture, checked to be the one that was named before.
    ///
    /// - Parameter option: with which another place is named, for errors
    /// - Throws: ``PictureRequestError`` when it is gone or another one
    func frame(option: String) throws -> Frame {
        guard FileManager.default.fileExists(atPath: path) else {
            throw PictureRequestError.gone(path: path, option: option)
        }
        let (source, frame) = try Self.read(path)
        guard source.sha256 == sha256 else {
            throw PictureRequestError.changed(
                path: path, option: option, expected: sha256, found: source.sha256)
        }
        return frame
    }
}
