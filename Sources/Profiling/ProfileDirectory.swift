package import Foundation
import Synchronization

/// The directory of a profile while its run goes on: it lies empty under a temporary name beside the final one, so that a
/// place which cannot be written is known before the run, and takes its name when all its files are in it.
package final class ProfileDirectory: Sendable {
    /// What a profile consists of; nothing else is ever replaced.
    package static let names = ["profile.html", "profile.json", "trace.json"]

    /// As it was asked for, without a slash at its end.
    package let path: String
    private let target: URL
    private let partial: URL
    private let published = Atomic(false)

    /// - Throws: ``ProfileError``
    package init(_ path: String) throws {
        let target = URL(fileURLWithPath: path).standardizedFileURL
        self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        self.target = target
        guard !path.isEmpty, target.path != "/", ![".", ".."].contains(target.lastPathComponent) else {
            throw ProfileError.unusableName(path: path)
        }
        let parent = target.deletingLastPathComponent()
        guard Self.kind(of: parent) == .directory else {
            throw ProfileError.missingDirectory(path: path, directory: parent.path)
        }
        let name = String(decoding: target.lastPathComponent.utf8.prefix(100), as: UTF8.self)
        partial = parent.appendingPathComponent(
            ".\(name).partial-\(String(UInt32.random(in: 0...UInt32.max), radix: 36))")
        try checkTarget()
        guard mkdir(partial.path, 0o777) == 0 else { throw failure() }
    }

    deinit { try? FileManager.default.removeItem(at: partial) }

    package var isPublished: Bool { published.load(ordering: .relaxed) }

    /// Gives the directory its name and its files, in place of an earlier profile.
    ///
    /// - Throws: ``ProfileError``; nothing has changed under the name then
    package func publish(_ files: [(name: String, content: Data)]) throws {
        for (name, content) in files { try write(content, as: name) }
        try checkTarget()
        try giveName()
        published.store(true, ordering: .relaxed)
    }

    /// An earlier profile steps aside first, because a directory cannot be renamed over one that is not empty.
    private func giveName() throws {
        if rename(partial.path, target.path) == 0 { return }
        guard errno == ENOTEMPTY || errno == EEXIST else { throw failure() }
        let aside = URL(fileURLWithPath: partial.path + ".old")
        guard rename(target.path, aside.path) == 0 else { throw failure() }
        guard rename(partial.path, target.path) == 0 else {
            let error = failure()
            rename(aside.path, target.path)
            throw error
        }
        try? FileManager.default.removeItem(at: aside)
    }

    private func write(_ content: Data, as name: String) throws {
        let file = open(
            partial.appendingPathComponent(name).path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard file >= 0 else { throw failure() }
        let handle = FileHandle(fileDescriptor: file, closeOnDealloc: true)
        do {
            try handle.write(contentsOf: content)
            try handle.synchronize()
        } catch {
            throw failure()
        }
    }

    private enum Kind { case nothing, file, directory }

    private static func kind(of url: URL) -> Kind {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory) else {
            return .nothing
        }
        return isDirectory.boolValue ? .directory : .file
    }

    private func checkTarget() throws {
        switch Self.kind(of: target) {
        case .nothing: return
        case .file: throw ProfileError.fileInTheWay(path: path)
        case .directory:
            let names = (try? FileManager.default.contentsOfDirectory(atPath: target.path)) ?? []
            guard let foreign = names.sorted().first(where: { !Self.names.contains($0) }) else { return }
            throw ProfileError.foreignFile(name: foreign, path: path)
        }
    }

    private func failure() -> ProfileError {
        .cannotWrite(path: path, reason: String(cString: strerror(errno)))
    }
}
