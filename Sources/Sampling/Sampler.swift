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
    ///   - start: noise, or where an earlier run with these settings stood
    ///   - velocity: the model: (latent, step) to `noise - clean`, of the latent's shape
    ///   - afterStep: told where the run stands after each step; after the last one nothing but the clean latent
    ///     is kept
    /// - Returns: the clean latent
    /// - Throws: what `velocity` and `afterStep` throw
    package func denoise(
        _ start: SamplingState, velocity: (Tensor, SamplingStep) throws -> Tensor,
        afterStep: (SamplingState) throws -> Void = { _ in }
    ) throws -> Tensor {
        let count = schedule.timesteps.count
        var solver = solver(remembering: start.memory)
        var latent = start.latent
        for index in start.step..<count {
            let step = SamplingStep(index: index, count: count, timestep: schedule.timesteps[index])
            latent = solver.next(after: latent, velocity: try velocity(latent, step), step: index)
            let memory = index + 1 < count ? solver.memory : SolverMemory()
            try afterStep(SamplingState(step: index + 1, latent: latent, memory: memory))
        }
        return latent
    }

    private func solver(remembering memory: SolverMemory) -> any Solver {
        switch settings.sampler {
        case .euler: EulerSolver(sigmas: schedule.sigmas)
        case .unipc: UniPCSolver(sigmas: schedule.sigmas, memory: memory)
        }
    }
}

/// Steps through a schedule; asked for steps 0, 1, 2, ... in order, or from where its memory was taken.
package protocol Solver {
    /// All that the next steps need beside the latent.
    var memory: SolverMemory { get }

    /// The latent at noise level `step + 1`, given the latent and the velocity at level `step`.
    mutating func next(after latent: Tensor, velocity: Tensor, step: Int) -> Tensor
}
