internal import Tensors

/// Straight steps: `latent + (next sigma - sigma) * velocity`.
///
/// - Source: diffusers 0.42.1 `scheduling_flow_match_euler_discrete.py`, `step`
struct EulerSolver: Solver {
    let sigmas: [Float]

    mutating func next(after latent: Tensor, velocity: Tensor, step: Int) -> Tensor {
        Tensor.sum([(1, latent), (sigmas[step + 1] - sigmas[step], velocity)])
    }
}
