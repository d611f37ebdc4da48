/// The method that goes from noise to a clean latent.
package enum SamplerKind: String, Codable, CaseIterable, Sendable {
    /// First order: one straight step along the velocity.
    case euler
    /// Predictor and corrector of second order, what Wan checkpoints are shipped with.
    case unipc
}

/// Everything that decides the path from noise to clean latent.
package struct SamplingSettings: Codable, Equatable, Sendable {
    package var sampler: SamplerKind
    /// Noise levels to visit, at least 1.
    package var steps: Int
    /// Flow shift, above 0: more than 1 spends more of the steps at high noise. Dimensionless.
    package var shift: Double

    package init(sampler: SamplerKind, steps: Int, shift: Double) {
        self.sampler = sampler
        self.steps = steps
        self.shift = shift
    }
}
