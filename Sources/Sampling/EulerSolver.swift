package import Tensors

/// Straight steps: `latent + (next sigma - sigma) * velocity`.
///
/// - Source: diffusers 0.42.1 `scheduling_flow_match_euler_discrete.py`, `step`
package struct EulerSolver: Solver {
    private let sigmas: [Float]
    package var memory: SolverMemory { SolverMemory() }

    /// - Parameter sigmas: noise levels, falling, the last of them 0
    package init(sigmas: [Float]) { self.sigmas = sigmas }

    package mutating func next(after latent: Tensor, velocity: Tensor, step: Int) -> Tensor {
        Tensor.sum([(1, latent), (sigmas[step + 1] - sigmas[step], velocity)])
    }
}
