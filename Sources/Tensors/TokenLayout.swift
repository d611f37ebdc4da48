/// How the tokens of a latent were cut and where they lie: what a transformer has to know of them beside
/// their values.
package struct TokenLayout: Sendable {
    package let patch: PatchSize
    package let rope: RotaryTable

    package init(patch: PatchSize, rope: RotaryTable) {
        self.patch = patch
        self.rope = rope
    }
}
