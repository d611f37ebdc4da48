/// What the models' configurations have in common when they check their own values.
extension KeyedDecodingContainer {
    /// A size that a file may ask for, 1 to 1,048,576; products of any two stay far below 2^63.
    ///
    /// - Throws: `DecodingError` with the key
    package func size(_ key: Key) throws -> Int {
        let size = try decode(Int.self, forKey: key)
        try require(key, (1...1_048_576).contains(size), "\(size) is no size.")
        return size
    }

    /// The same, nil for a key that is absent or null.
    package func sizeIfPresent(_ key: Key) throws -> Int? {
        try contains(key) && !decodeNil(forKey: key) ? size(key) : nil
    }

    /// - Throws: `DecodingError` with the key and the rule unless it is fulfilled
    package func require(_ key: Key, _ isFulfilled: Bool, _ rule: String) throws {
        guard !isFulfilled else { return }
        throw DecodingError.dataCorruptedError(forKey: key, in: self, debugDescription: rule)
    }
}
