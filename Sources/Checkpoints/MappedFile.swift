import Foundation
internal import Tensors

/// A file's bytes in memory, read when touched and unmapped with the last holder.
///
/// A file that another program shortens while it is mapped ends this program (SIGBUS): replace weights by
/// renaming.
final class MappedFile: @unchecked Sendable {
    let bytes: UnsafeRawBufferPointer
    private let pages = MappedPages()

    init(_ url: URL) throws(CheckpointError) {
        // Without O_NONBLOCK, opening a named pipe would wait for its other end.
        let descriptor = open(url.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .file(url.path, .cannotOpen(code: errno)) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .file(url.path, .cannotOpen(code: errno)) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .file(url.path, .notAFile) }
        let size = Int(status.st_size)
        guard size > 0 else {
            bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0)
        guard let start, start != UnsafeMutableRawPointer(bitPattern: -1) else {
            throw .file(url.path, .cannotMap(code: errno, byteCount: size))
        }
        bytes = UnsafeRawBufferPointer(start: start, count: size)
    }

    deinit {
        guard let start = bytes.baseAddress else { return }
        munmap(UnsafeMutableRawPointer(mutating: start), bytes.count)
    }
}

extension MappedFile: PageOwner {
    /// Has it read from the disk and mapped in large pieces where the file system knows them, not page by page, which takes a
    /// tenth of the time that a large text encoder computes. No kernel has to. A part that is no larger, such as a row of a
    /// table of embeddings, is read by itself.
    func willRead(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard pages.willRead(bytes) else { return false }
        guard bytes.count >= Self.largePiece else { return true }
        let page = Int(getpagesize())
        let (start, end) = limits(of: bytes)
        advise(MADV_HUGEPAGE, from: (start + page - 1) / page * page, to: end / page * page)
        return true
    }

    /// A kernel before Linux 5.14 brings each page when it is read.
    func bring(_ bytes: UnsafeRawBufferPointer) {
        let page = Int(getpagesize())
        let (start, end) = limits(of: bytes)
        advise(MADV_POPULATE_READ, from: start / page * page, to: (end + page - 1) / page * page)
    }

    func letGo(_ bytes: UnsafeRawBufferPointer, on workers: Workers) {
        pages.letGo(bytes)
        // Whole pages only: what lies beside `bytes` on its first and last page stays.
        let page = Int(getpagesize())
        let (start, end) = limits(of: bytes)
        let (first, last) = ((start + page - 1) / page, end / page)
        // A page takes as long to give back as to read, so all threads do it; each call interrupts the others, so there are few.
        workers.run(over: max(0, last - first), grain: Self.pagesAtOnce) { range in
            advise(
                MADV_DONTNEED, from: (first + range.lowerBound) * page, to: (first + range.upperBound) * page)
        }
    }

    func prefetch(_ bytes: UnsafeRawBufferPointer) {
        let page = Int(getpagesize())
        let (start, end) = limits(of: bytes)
        advise(MADV_WILLNEED, from: start / page * page, to: (end + page - 1) / page * page)
    }

    private static let pagesAtOnce = 4096
    private static let largePiece = 2 << 20

    /// Addresses of the first byte and of the one behind the last.
    private func limits(of bytes: UnsafeRawBufferPointer) -> (Int, Int) {
        let start = Int(bitPattern: bytes.baseAddress)
        return (start, start + bytes.count)
    }

    private func advise(_ advice: Int32, from start: Int, to end: Int) {
        guard end > start else { return }
        madvise(UnsafeMutableRawPointer(bitPattern: start), end - start, advice)
    }
}
