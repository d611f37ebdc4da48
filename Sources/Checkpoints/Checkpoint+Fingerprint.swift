import Tensors

extension Checkpoint {
    private static let sampleBytes = 4096

    /// Identity of the weights, for recipes: 64 hexadecimal digits that are the same wherever the files lie and however
    /// they are cut into shards.
    ///
    /// SHA-256 over each tensor in the order of names: name, type, shape, and its first and last 4 KiB. So 11 GB cost
    /// the reading of some megabytes; training touches every tensor everywhere and is seen. An edit of the inner bytes
    /// of a large tensor alone is not, nor is a damaged disk: this is no check of integrity.
    package func fingerprint() -> String {
        var hash = SHA256()
        for (name, stored) in tensors.sorted(by: { $0.key < $1.key }) {
            // The lengths in front of the texts keep two different lists from giving the same bytes.
            let facts = "\(name.utf8.count) \(name) \(stored.type.rawValue) \(stored.shape)\n"
            hash.update(facts)
            let bytes = stored.bytes
            if bytes.count <= 2 * Self.sampleBytes {
                hash.update(bytes)
            } else {
                hash.update(UnsafeRawBufferPointer(rebasing: bytes.prefix(Self.sampleBytes)))
                hash.update(UnsafeRawBufferPointer(rebasing: bytes.suffix(Self.sampleBytes)))
            }
        }
        return hash.digits
    }
}
