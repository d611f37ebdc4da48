/// The angles by which attention turns the channel pairs of each token: cosine and sine, both `[L, D / 2]`.
package struct RotaryTable: Sendable {
    package let cosine: Tensor
    package let sine: Tensor

    /// - Precondition: two matrices of one shape
    package init(cosine: Tensor, sine: Tensor) {
        precondition(cosine.shape == sine.shape && cosine.shape.count == 2, "a pair, not \(cosine.shape)")
        self.cosine = cosine
        self.sine = sine
    }
}
