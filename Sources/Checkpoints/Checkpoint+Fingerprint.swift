import Foundation
import Tensors

extension Checkpoint {
    private static let sampleBytes = 4096

    /// Identity of the weights, for recipes: 64 hexadecimal digits that are the same wherever the files lie
    /// and however they are cut into shards.
    ///
    /// SHA-256 over each tensor in the order of names: name, type, shape, and its first and last 4 KiB. So
    /// tens of gigabytes cost the reading of some megabytes. Training touches every tensor everywhere and is
    /// seen; an edit of the inner bytes of a large tensor alone is not, nor is a damaged disk: this is no
    /// check of integrity.
    package func fingerprint() -> String {
        var hash = SHA256()
        for (name, stored) in tensors.sorted(by: { $0.key < $1.key }) {
            // The length in front of the name keeps two different lists from giving the same text.
            hash.update("\(name.utf8.count) \(name) \(stored.type.rawValue) \(stored.shape)\n")
            let bytes = stored.bytes
            if bytes.count <= 2 * Self.sampleBytes {
                hash.update(sample: bytes)
            } else {
                hash.update(sample: UnsafeRawBufferPointer(rebasing: bytes.prefix(Self.sampleBytes)))
                hash.update(sample: UnsafeRawBufferPointer(rebasing: bytes.suffix(Self.sampleBytes)))
            }
        }
        return hash.digits
    }
}

extension SHA256 {
    /// Reads no more of the file than the pages of the sample: with read-ahead, which may be 8 MiB for each
    /// touch, the samples of a large checkpoint would draw in most of it.
    fileprivate mutating func update(sample bytes: UnsafeRawBufferPointer) {
        let page = UInt(getpagesize())
        let begin = UInt(bitPattern: bytes.baseAddress) / page * page
        let length = UInt(bitPattern: bytes.baseAddress) + UInt(bytes.count) - begin
        let pages = UnsafeMutableRawPointer(bitPattern: begin)
        // Only advice: the bytes are the same if the system does not take it.
        madvise(pages, Int(length), Int32(MADV_RANDOM))
        update(bytes)
        madvise(pages, Int(length), Int32(MADV_NORMAL))
    }
}
