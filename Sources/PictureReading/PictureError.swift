import Foundation

/// Why a file gives no picture.
package enum PictureError: Error, Equatable, Sendable {
    case cannotRead(path: String, reason: String)
    case notAFile(path: String)
    case empty(path: String)
    case tooManyBytes(path: String, found: Int, most: Int)
    case notAPicture(path: String)
    case broken(path: String, reason: String)
}

extension PictureError: CustomStringConvertible, LocalizedError {
    package var description: String {
        switch self {
        case let .cannotRead(path, reason):
            "The picture '\(path)' cannot be read: \(reason). Check the path and the permissions."
        case let .notAFile(path):
            "'\(path)' is a directory or a device, but a picture is needed. Give the path of the file itself."
        case let .empty(path):
            "The picture '\(path)' is an empty file. Make it again, or fetch it again."
        case let .tooManyBytes(path, found, most):
            "The picture '\(path)' has \(found) bytes; files of up to \(most) bytes are read. Make it smaller."
        case let .notAPicture(path):
            "'\(path)' is no picture that can be read here. "
                + "Give a PNG, JPEG, WebP, GIF, BMP, TIFF or PNM file; other formats have to be converted first."
        case let .broken(path, reason):
            "The picture '\(path)' cannot be decoded: \(reason). It is damaged, it is of a kind that FFmpeg does "
                + "not decode, or it has more than \(mostPixels / 1_000_000) million pixels. Convert it to PNG, "
                + "make it smaller, or fetch it again."
        }
    }

    package var errorDescription: String? { description }
}
