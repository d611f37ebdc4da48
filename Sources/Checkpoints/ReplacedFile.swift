import Foundation

/// A file that gets its name only when it is complete; until then its bytes lie beside it under a temporary
/// name.
final class ReplacedFile {
    private let target: URL
    private let temporary: URL
    private let expectedBytes: Int
    private var descriptor: Int32

    /// - Parameter expectedBytes: what will be written, for messages
    init(_ target: URL, expectedBytes: Int) throws(CheckpointError) {
        let name = ".\(target.lastPathComponent).\(UUID().uuidString).part"
        self.target = target
        self.expectedBytes = expectedBytes
        temporary = target.deletingLastPathComponent().appendingPathComponent(name)
        descriptor = open(temporary.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw failure() }
    }

    deinit {
        guard descriptor >= 0 else { return }
        close(descriptor)
        unlink(temporary.path)
    }

    func append(_ bytes: UnsafeRawBufferPointer) throws(CheckpointError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { throw failure() }
            rest = rest.dropFirst(written)
        }
    }

    /// Gives the file its name, in place of what had that name; before this, everything is on the disk.
    func finish() throws(CheckpointError) {
        guard fsync(descriptor) == 0, rename(temporary.path, target.path) == 0 else { throw failure() }
        // The name is given: from here on nothing is taken back.
        close(descriptor)
        descriptor = -1
        let directory = open(target.deletingLastPathComponent().path, O_RDONLY | O_CLOEXEC)
        guard directory >= 0 else { return }
        fsync(directory)
        close(directory)
    }

    private func failure() -> CheckpointError {
        .file(target.path, .cannotWrite(code: errno, byteCount: expectedBytes))
    }
}
