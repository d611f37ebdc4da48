package import Tensors

/// Where sampling stands between two steps: with the settings and the model, all that the steps left depend on.
package struct SamplingState: Sendable {
    /// Steps that are done, which is the index of the next one.
    package let step: Int
    /// The noise before the first step, the clean latent after the last.
    package let latent: Tensor
    let memory: SolverMemory

    /// The start of a run.
    ///
    /// - Parameter noise: any shape
    package init(noise: Tensor) {
        self.init(step: 0, latent: noise, memory: SolverMemory())
    }

    init(step: Int, latent: Tensor, memory: SolverMemory) {
        self.step = step
        self.latent = latent
        self.memory = memory
    }
}

/// What a solver remembers from one step to the next; Euler's nothing.
package struct SolverMemory: Sendable {
    /// Predictions of the clean latent at the last steps, the newest last; two at the most.
    package var predictions: [Tensor] = []
    /// The latent that the last step went from.
    package var lastLatent: Tensor?

    package init() {}
}

/// To a file and back, as tensors by name.
extension SamplingState {
    private static let latentName = "latent"
    private static let lastName = "solver.last_latent"
    private static func predictionName(_ index: Int) -> String { "solver.prediction.\(index)" }

    package var tensors: [(String, Tensor)] {
        [(Self.latentName, latent)]
            + memory.predictions.enumerated().map { (Self.predictionName($0), $1) }
            + (memory.lastLatent.map { [(Self.lastName, $0)] } ?? [])
    }

    /// What ``tensors`` gave after so many steps.
    ///
    /// - Returns: nil where a run with these settings has other tensors after these steps, or other shapes
    package init?(step: Int, tensors: [String: Tensor], settings: SamplingSettings) {
        guard 0...settings.steps ~= step, let latent = tensors[Self.latentName] else { return nil }
        var memory = SolverMemory()
        if settings.sampler == .unipc, 1..<settings.steps ~= step {
            memory.predictions = (0..<min(2, step)).compactMap { tensors[Self.predictionName($0)] }
            memory.lastLatent = tensors[Self.lastName]
        }
        self.init(step: step, latent: latent, memory: memory)
        let names = Self.names(after: step, settings)
        guard Set(tensors.keys) == names, Set(self.tensors.map(\.0)) == names,
            tensors.values.allSatisfy({ $0.shape == latent.shape })
        else { return nil }
    }

    private static func names(after step: Int, _ settings: SamplingSettings) -> Set<String> {
        let isUnderWay = settings.sampler == .unipc && 1..<settings.steps ~= step
        return Set([latentName] + (isUnderWay ? [lastName] + (0..<min(2, step)).map(predictionName) : []))
    }
}
