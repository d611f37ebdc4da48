import Foundation
internal import Pictures

/// A file that is to be read, and what its first bytes say it is. Its name is not asked.
struct InputFile {
    enum Kind {
        case mp4, webm, gif, png

        /// FFmpeg's name of the container; `nil` for a single picture, whose bytes go to the decoder as they
        /// are.
        var container: String? {
            switch self {
            case .mp4: "mov"
            case .webm: "matroska"
            case .gif: "gif"
            case .png: nil
            }
        }
    }

    let path: String
    let kind: Kind

    /// - Throws: ``VideoError/cannotRead(path:reason:)``, ``VideoError/notAVideo(path:)``
    init(_ path: String) throws(VideoError) {
        self.path = path
        let start = try Self.read(path, upTo: 12)
        if start.dropFirst(4).starts(with: "ftyp".utf8) {
            kind = .mp4
        } else if start.starts(with: [0x1A, 0x45, 0xDF, 0xA3]) {
            kind = .webm
        } else if start.starts(with: "GIF8".utf8) {
            kind = .gif
        } else if start.starts(with: PNGText.signature) {
            kind = .png
        } else {
            throw .notAVideo(path: path)
        }
    }

    func bytes() throws(VideoError) -> [UInt8] { try Self.read(path, upTo: .max) }

    static func isDirectory(_ path: String) -> Bool {
        var isDirectory: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
        return exists && isDirectory.boolValue
    }

    /// The numbered frames of a directory, in order of their numbers.
    ///
    /// - Throws: ``VideoError/notAVideo(path:)`` when there is none
    static func frames(in directory: String) throws(VideoError) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        let numbers = names.compactMap(FrameDirectory.number(in:)).sorted()
        guard !numbers.isEmpty else { throw .notAVideo(path: directory) }
        return numbers.map { directory + "/" + FrameDirectory.name(of: $0) }
    }

    static func read(_ path: String, upTo count: Int) throws(VideoError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .cannotRead(path: path, reason: systemReason(errno)) }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do {
            return Array(try file.read(upToCount: count) ?? Data())
        } catch {
            throw .cannotRead(path: path, reason: error.localizedDescription)
        }
    }
}
