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
    func willRead(_ bytes: UnsafeRawBufferPointer) { pages.willRead(bytes) }

    func letGo(_ bytes: UnsafeRawBufferPointer) {
        pages.letGo(bytes)
        // Whole pages only: what lies beside `bytes` on its first and last page stays.
        advise(bytes, MADV_DONTNEED) {
            ($0 + $1 - 1) / $1 * $1
        } to: {
            $0 / $1 * $1
        }
    }

    func prefetch(_ bytes: UnsafeRawBufferPointer) {
        advise(bytes, MADV_WILLNEED) {
            $0 / $1 * $1
        } to: {
            ($0 + $1 - 1) / $1 * $1
        }
    }

    /// - Parameters:
    ///   - first: address of the first page, from an address and the size of a page
    ///   - end: the same of the end
    private func advise(
        _ bytes: UnsafeRawBufferPointer, _ advice: Int32, from first: (Int, Int) -> Int,
        to end: (Int, Int) -> Int
    ) {
        guard let start = bytes.baseAddress else { return }
        let page = Int(getpagesize())
        let range = (first(Int(bitPattern: start), page), end(Int(bitPattern: start) + bytes.count, page))
        guard range.1 > range.0 else { return }
        madvise(UnsafeMutableRawPointer(bitPattern: range.0), range.1 - range.0, advice)
    }
}
