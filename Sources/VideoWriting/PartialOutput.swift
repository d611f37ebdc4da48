import Foundation
internal import Pictures

/// An output while it grows: it lies under a temporary name beside the final one, takes the final name only
/// when it is complete, and is removed if that never happens.
final class PartialOutput {
    enum Kind { case file, directory }

    /// The final path, without a slash at its end.
    let path: String
    /// The path under which it is written until ``publish()``, in the same directory.
    let partialPath: String
    /// The last part of ``partialPath``.
    let partialName: String
    private let kind: Kind
    private var isPending = true

    /// Makes the empty file or directory under its temporary name.
    ///
    /// - Throws: ``VideoError`` when the directory above is missing or not writable, or something that must
    ///   not be replaced has the final name
    init(_ kind: Kind, at path: String) throws(VideoError) {
        self.kind = kind
        let (directory, name) = try Self.place(of: path)
        self.path = directory + name
        let suffix = String(UInt32.random(in: 0...UInt32.max), radix: 36)
        partialName = Self.start(of: name) + suffix
        partialPath = directory + partialName
        try Self.check(kind, at: self.path)
        try create(named: path)
    }

    deinit { discard() }

    /// Gives the output its final name; a file or directory of an earlier run under that name is replaced.
    func publish() throws(VideoError) {
        try synchronize()
        switch kind {
        case .file:
            guard rename(partialPath, path) == 0 else { throw failure() }
        case .directory:
            try publishDirectory()
        }
        isPending = false
        bringNameToDisk()
    }

    /// So that nobody who sees the new name loses it to a machine that stops.
    private func bringNameToDisk() {
        let directory = (partialPath as NSString).deletingLastPathComponent
        let descriptor = open(directory.isEmpty ? "." : directory, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    /// Removes what was written; nothing happens after ``publish()``.
    func discard() {
        guard isPending else { return }
        isPending = false
        try? FileManager.default.removeItem(atPath: partialPath)
    }

    /// How every temporary name begins. Long names are cut: with its suffix it must stay below the 255 bytes of a
    /// file name.
    private static func start(of name: String) -> String {
        "." + String(decoding: name.utf8.prefix(100), as: UTF8.self) + ".partial-"
    }

    /// Takes away what a killed process has left under a temporary name; does nothing for names of another kind.
    static func removeLeftover(_ partialName: String, of path: String) {
        guard let (directory, name) = try? place(of: path), partialName.hasPrefix(start(of: name)),
            !partialName.contains("/")
        else { return }
        let (partial, files) = (directory + partialName, FileManager.default)
        if files.fileExists(atPath: partial + asideEnding), !files.fileExists(atPath: directory + name) {
            try? files.moveItem(atPath: partial + asideEnding, toPath: directory + name)
        }
        for leftover in [partial, partial + asideEnding] { try? files.removeItem(atPath: leftover) }
    }

    /// Of an older directory of frames while the new one takes its name.
    private static let asideEnding = ".old"

    /// Where the output lies: an existing directory, empty or ending in a slash, and the name in it.
    private static func place(of path: String) throws(VideoError) -> (directory: String, name: String) {
        let trimmed = path.prefix(through: path.lastIndex { $0 != "/" } ?? path.startIndex)
        let nameStart = trimmed.lastIndex(of: "/").map(trimmed.index(after:)) ?? trimmed.startIndex
        let name = String(trimmed[nameStart...])
        guard !["", ".", ".."].contains(name) else { throw .unusableName(path: path) }
        let directory = String(trimmed[..<nameStart])
        var isDirectory: ObjCBool = false
        let exists = FileManager.default.fileExists(
            atPath: directory.isEmpty ? "." : directory, isDirectory: &isDirectory)
        guard exists, isDirectory.boolValue else { throw .missingDirectory(path: path, directory: directory) }
        return (directory, name)
    }

    private static func check(_ kind: Kind, at path: String) throws(VideoError) {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else { return }
        switch (kind, isDirectory.boolValue) {
        case (.file, false): return
        case (.file, true): throw .directoryInTheWay(path: path)
        case (.directory, false): throw .fileInTheWay(path: path)
        case (.directory, true):
            let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
            guard let foreign = names.sorted().first(where: { !FrameDirectory.isOurs($0) }) else { return }
            throw .foreignFile(name: foreign, directory: path)
        }
    }

    private func create(named path: String) throws(VideoError) {
        switch kind {
        case .file:
            let descriptor = open(partialPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
            guard descriptor >= 0 else { throw .cannotCreate(path: path, reason: systemReason(errno)) }
            close(descriptor)
        case .directory:
            guard mkdir(partialPath, 0o777) == 0 else {
                throw .cannotCreate(path: path, reason: systemReason(errno))
            }
        }
    }

    /// Without it a machine that stops soon after could keep the new name and lose the bytes.
    private func synchronize() throws(VideoError) {
        let descriptor = open(partialPath, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure() }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure() }
    }

    /// An old directory steps aside first, because a directory cannot be renamed over one that is not empty.
    private func publishDirectory() throws(VideoError) {
        try Self.check(.directory, at: path)
        guard rename(partialPath, path) != 0 else { return }
        guard errno == ENOTEMPTY || errno == EEXIST else { throw failure() }
        let aside = partialPath + Self.asideEnding
        guard rename(path, aside) == 0 else { throw failure() }
        guard rename(partialPath, path) == 0 else {
            let error = failure()
            rename(aside, path)
            throw error
        }
        try? FileManager.default.removeItem(atPath: aside)
    }

    private func failure() -> VideoError { .cannotWrite(path: path, reason: systemReason(errno)) }
}
