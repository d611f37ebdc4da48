package import Foundation

/// Where a sweep keeps what it knows, so that it can go on after it was stopped:
///
/// | file | what it holds |
/// |---|---|
/// | `sweep.json` | the ``SweepDefinition`` |
/// | `results.jsonl` | a ``RunRecord`` on each line, in the order of the runs |
/// | `results.csv`, `results.md`, `report.html`, `pictures/` | what comes of them |
/// | `judged.jsonl` | a ``JudgedTrial`` on each line, where the judge was asked |
/// | `clips/` | a clip of each trial, prompt and seed |
/// | `baseline/` | frames, latents and latents of each step of the baseline's clips |
package final class SweepDirectory: Sendable {
    package let url: URL
    package let definition: SweepDefinition
    private let lock: Int32

    /// Makes the directory, or opens that of the same sweep, and keeps other sweeps out.
    ///
    /// - Throws: ``SweepError``
    package init(_ path: String, for definition: SweepDefinition) throws(SweepError) {
        url = URL(fileURLWithPath: path, isDirectory: true)
        self.definition = definition
        let file = url.appendingPathComponent(Self.definitionName)
        let exists = FileManager.default.fileExists(atPath: file.path)
        if !exists { try Self.make(url, for: definition) }
        lock = open(file.path, O_RDONLY | O_CLOEXEC)
        guard lock >= 0 else {
            throw .unreadable(path: file.path, reason: String(cString: strerror(errno)))
        }
        // From here on an error ends in deinit, which closes the file.
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else { throw .inUse(path: path) }
        if let difference = definition.difference(from: try Self.definition(of: path)) {
            throw .otherSweep(path: path, difference: difference)
        }
        try Self.removeWork(in: url)
    }

    deinit { if lock >= 0 { close(lock) } }

    static let definitionName = "sweep.json"
    private static let workPrefix = ".work-"
    private var results: URL { url.appendingPathComponent("results.jsonl") }

    /// - Throws: ``SweepError/notASweep(path:reason:)``, ``SweepError/unreadable(path:reason:)``
    package static func definition(of path: String) throws(SweepError) -> SweepDefinition {
        let file = URL(fileURLWithPath: path).appendingPathComponent(definitionName).path
        guard FileManager.default.fileExists(atPath: file) else {
            throw .notASweep(path: path, reason: "it has no \(definitionName)")
        }
        let bytes = try readFile(file)
        guard let definition = try? JSONDecoder().decode(SweepDefinition.self, from: bytes),
            definition.format == SweepDefinition.format, definition.version == SweepDefinition.version
        else { throw .notASweep(path: path, reason: "its \(definitionName) is not of this version") }
        return definition
    }

    private static func make(_ url: URL, for definition: SweepDefinition) throws(SweepError) {
        let files = FileManager.default
        if let names = try? files.contentsOfDirectory(atPath: url.path), !names.isEmpty {
            throw .notASweep(path: url.path, reason: "it has no \(definitionName), but other files")
        }
        do {
            for name in ["clips", "baseline"] {
                try files.createDirectory(
                    at: url.appendingPathComponent(name), withIntermediateDirectories: true)
            }
            try SweepJSON.pretty(definition).write(
                to: url.appendingPathComponent(definitionName), options: .atomic)
        } catch {
            throw .unwritable(path: url.path, reason: systemReason(error))
        }
    }

    /// What a sweep that was killed has left of the run it was at.
    private static func removeWork(in url: URL) throws(SweepError) {
        do {
            for name in try FileManager.default.contentsOfDirectory(atPath: url.path)
            where name.hasPrefix(workPrefix) {
                try FileManager.default.removeItem(at: url.appendingPathComponent(name))
            }
        } catch {
            throw .unwritable(path: url.path, reason: systemReason(error))
        }
    }

    /// A new directory for one run; the caller removes it.
    package func makeWork() throws(SweepError) -> URL {
        let work = url.appendingPathComponent(Self.workPrefix + UUID().uuidString, isDirectory: true)
        do {
            try FileManager.default.createDirectory(at: work, withIntermediateDirectories: true)
        } catch {
            throw .unwritable(path: work.path, reason: systemReason(error))
        }
        return work
    }

    func clip(of trial: Int, _ item: SweepCase) -> String {
        "clips/trial-\(trial)-\(definition.name(of: item)).mp4"
    }

    /// Frames of a trial's clip, where they are kept.
    func frames(of trial: Int, _ item: SweepCase) -> URL {
        url.appendingPathComponent("frames/trial-\(trial)-\(definition.name(of: item))", isDirectory: true)
    }

    /// Frames and latents of the baseline's clip.
    func baseline(of item: SweepCase) -> URL {
        url.appendingPathComponent("baseline/\(definition.name(of: item))", isDirectory: true)
    }

    /// All runs that were finished. A last line without an end, which a kill or a full disk leaves, is cut off.
    ///
    /// - Throws: ``SweepError/damaged(path:line:reason:)``
    package func records() throws(SweepError) -> [RunRecord] {
        guard FileManager.default.fileExists(atPath: results.path) else { return [] }
        let bytes = try readFile(results.path)
        let complete = bytes.lastIndex(of: UInt8(ascii: "\n")).map { bytes[...$0] } ?? Data()
        if complete.count < bytes.count {
            guard truncate(results.path, complete.count) == 0 else {
                throw .unwritable(path: results.path, reason: String(cString: strerror(errno)))
            }
        }
        return try Self.records(in: complete, path: results.path)
    }

    /// The runs in a sweep's directory, which may be at work.
    package static func records(of path: String) throws(SweepError) -> [RunRecord] {
        let file = URL(fileURLWithPath: path).appendingPathComponent("results.jsonl").path
        let bytes = FileManager.default.fileExists(atPath: file) ? try readFile(file) : Data()
        return try records(
            in: bytes.lastIndex(of: UInt8(ascii: "\n")).map { bytes[...$0] } ?? Data(), path: file)
    }

    private static func records(in bytes: Data, path: String) throws(SweepError) -> [RunRecord] {
        var records: [RunRecord] = []
        for (index, line) in bytes.split(separator: UInt8(ascii: "\n")).enumerated() {
            do {
                records.append(try JSONDecoder().decode(RunRecord.self, from: line))
            } catch {
                throw .damaged(path: path, line: index + 1, reason: "it is no run of a sweep")
            }
        }
        return records
    }

    /// Adds a line in one piece and brings it to the disk.
    package func append(_ record: RunRecord) throws {
        let line = try SweepJSON.line(record)
        let descriptor = open(results.path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            throw SweepError.unwritable(path: results.path, reason: String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        let written = line.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        guard written == line.count, fsync(descriptor) == 0 else {
            let reason = written < 0 ? String(cString: strerror(errno)) : "no space is left"
            throw SweepError.unwritable(path: results.path, reason: reason)
        }
    }

    /// Replaces a file of the directory in one piece.
    package func write(_ text: String, to name: String) throws(SweepError) {
        let file = url.appendingPathComponent(name)
        do {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file, options: .atomic)
        } catch {
            throw .unwritable(path: file.path, reason: systemReason(error))
        }
    }
}

/// How a sweep writes JSON.
enum SweepJSON {
    /// One line, its end included.
    static func line(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(value) + Data("\n".utf8)
    }

    static func pretty(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(value) + Data("\n".utf8)
    }
}
