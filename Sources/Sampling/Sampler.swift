package import Tensors

/// One evaluation of the model that a sampler asks for.
package struct SamplingStep: Sendable {
    /// Position in the schedule, `0 ..< count`.
    package let index: Int
    package let count: Int
    /// Noise level in thousandths, `(0, 1000]`: what the transformer is told.
    package let timestep: Float
}

/// Goes from noise to a clean latent along the velocity that a model gives.
package struct Sampler: Sendable {
    package let settings: SamplingSettings
    package let schedule: NoiseSchedule

    package init(_ settings: SamplingSettings) {
        self.settings = settings
        schedule = NoiseSchedule(settings)
    }

    /// - Parameters:
    ///   - noise: the start, any shape
    ///   - velocity: the model: (latent, step) to `noise - clean`, of the latent's shape
    /// - Returns: the clean latent
    /// - Throws: what `velocity` throws
    package func denoise(
        _ noise: Tensor, velocity: (Tensor, SamplingStep) throws -> Tensor
    ) rethrows -> Tensor {
        var solver: any Solver =
            switch settings.sampler {
            case .euler: EulerSolver(sigmas: schedule.sigmas)
            case .unipc: UniPCSolver(sigmas: schedule.sigmas)
            }
        var latent = noise
        for (index, timestep) in schedule.timesteps.enumerated() {
            let step = SamplingStep(index: index, count: schedule.timesteps.count, timestep: timestep)
            latent = solver.next(after: latent, velocity: try velocity(latent, step), step: index)
        }
        return latent
    }
}

/// Steps through a schedule; asked for steps 0, 1, 2, ... in order.
package protocol Solver {
    /// The latent at noise level `step + 1`, given the latent and the velocity at level `step`.
    mutating func next(after latent: Tensor, velocity: Tensor, step: Int) -> Tensor
}

/// `unconditional + scale * (conditional - unconditional)`: classifier-free guidance (Ho and Salimans, arXiv
/// 2207.12598).
package func guide(_ conditional: Tensor, awayFrom unconditional: Tensor, scale: Float) -> Tensor {
    Tensor.sum([(scale, conditional), (1 - scale, unconditional)])
}
