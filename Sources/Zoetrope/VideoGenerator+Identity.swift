extension VideoGenerator {
    /// Name and fingerprint of the model, as recipes carry them. Reads a few bytes of each tensor.
    ///
    /// - Throws: an error that names the file when weights cannot be read
    public func identity() throws -> ModelIdentity { try directory.identity() }
}
