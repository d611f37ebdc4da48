import Foundation
import Synchronization
internal import Tensors

/// Room on a disk for frames that layers remember, in a file without a name: it is gone with the process, however that ends.
///
/// Frames are written and read, not mapped: what of them is in memory are tensors that the ledger counts, and a disk that
/// fails is an error. In a plan there is no file, only the count of what it would hold.
package final class FrameFile: Sendable {
    /// Where the file lies; for messages, as the user named it.
    package let directory: String
    private let state = Mutex(State())

    private struct State {
        var descriptor: Int32?
        var room = FileRoom()
    }

    /// - Parameter directory: an existing one; empty is the working directory
    package init(in directory: String) { self.directory = directory.isEmpty ? "." : directory }

    deinit { state.withLock { _ = $0.descriptor.map { close($0) } } }

    /// Makes the file and takes all its room, so that the disk cannot be full later.
    ///
    /// - Parameter byteCount: what a plan says, ``mostBytes``
    /// - Throws: ``FrameFileError``
    package func open(byteCount: Int) throws(FrameFileError) {
        let descriptor = try makeFile()
        let result = byteCount > 0 ? posix_fallocate(descriptor, 0, off_t(byteCount)) : 0
        guard result == 0 else {
            close(descriptor)
            throw .noRoom(directory: directory, byteCount: byteCount, reason: systemReason(result))
        }
        state.withLock { $0.descriptor = descriptor }
    }

    /// The most that the file has held at a time, or in a plan would have.
    package var mostBytes: Int { state.withLock { $0.room.most } }

    /// - Parameter frame: of any shape
    /// - Throws: ``FrameFileError``
    func keep(_ frame: Tensor) throws(FrameFileError) -> StoredFrame {
        let byteCount = frame.count * MemoryLayout<Float>.stride
        let stored = StoredFrame(
            in: self, at: state.withLock { $0.room.take(byteCount) }, byteCount: byteCount, shape: frame.shape
        )
        guard let descriptor else { return stored }
        let failure = frame.withValues { values in
            Self.transfer(UnsafeRawBufferPointer(values), from: stored.offset) {
                pwrite(descriptor, $0, $1, $2)
            }
        }
        guard let failure else { return stored }
        throw .cannotWrite(directory: directory, reason: systemReason(failure))
    }

    /// - Throws: ``FrameFileError``
    func read(_ frame: StoredFrame) throws(FrameFileError) -> Tensor {
        var tensor = RunScope.with(use: .caches) { Tensor(uninitialized: frame.shape) }
        guard let descriptor else { return tensor }
        let failure = tensor.withMutableValues { values in
            Self.transfer(UnsafeRawBufferPointer(values), from: frame.offset) { start, count, offset in
                pread(descriptor, UnsafeMutableRawPointer(mutating: start), count, offset)
            }
        }
        guard let failure else { return tensor }
        throw .cannotRead(directory: directory, reason: systemReason(failure))
    }

    func giveBack(_ offset: Int, byteCount: Int) {
        state.withLock { $0.room.giveBack(offset, byteCount: byteCount) }
    }

    /// Nil in a plan.
    private var descriptor: Int32? {
        let descriptor = state.withLock { $0.descriptor }
        precondition(
            descriptor != nil || RunScope.current.ledger.isPlan,
            "a file of frames is opened before it is used")
        return descriptor
    }

    private func makeFile() throws(FrameFileError) -> Int32 {
        let path = directory + "/.zoetrope-frames-" + String(UInt64.random(in: 0...UInt64.max), radix: 36)
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .cannotMake(directory: directory, reason: systemReason(errno))
        }
        unlink(path)
        return descriptor
    }

    /// Moves all bytes, some at a time as the system likes.
    ///
    /// - Returns: the system's error number; nil when all went well
    private static func transfer(
        _ bytes: UnsafeRawBufferPointer, from offset: Int, _ move: (UnsafeRawPointer, Int, off_t) -> Int
    ) -> Int32? {
        guard let start = bytes.baseAddress else { return nil }
        var done = 0
        while done < bytes.count {
            let moved = move(start + done, bytes.count - done, off_t(offset + done))
            if moved < 0, errno == EINTR { continue }
            guard moved > 0 else { return moved < 0 ? errno : EIO }
            done += moved
        }
        return nil
    }
}

/// A frame that lies in a ``FrameFile``; its room is free again when nobody holds it any more.
final class StoredFrame: Sendable {
    let shape: [Int]
    let offset: Int
    private let byteCount: Int
    private let file: FrameFile

    init(in file: FrameFile, at offset: Int, byteCount: Int, shape: [Int]) {
        (self.file, self.offset, self.byteCount, self.shape) = (file, offset, byteCount, shape)
    }

    deinit { file.giveBack(offset, byteCount: byteCount) }

    var count: Int { shape.reduce(1, *) }

    func read() throws(FrameFileError) -> Tensor { try file.read(self) }
}

private func systemReason(_ code: Int32) -> String { String(cString: strerror(code)) }
