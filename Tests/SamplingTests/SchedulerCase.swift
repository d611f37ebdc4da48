import Foundation
import Sampling
import Tensors
import TestSupport
import Testing

/// A run of a diffusers scheduler, in `Tests/Goldens/sampling`.
struct SchedulerCase: CustomTestStringConvertible {
    let sampler: SamplerKind
    let shift: Int
    let steps: Int

    var settings: SamplingSettings {
        SamplingSettings(sampler: sampler, steps: steps, shift: Double(shift))
    }
    var file: String { "sampling/\(sampler.rawValue)-shift-\(shift)-steps-\(steps)/expected.safetensors" }
    var testDescription: String { "\(sampler) shift \(shift) steps \(steps)" }

    static let all = SamplerKind.allCases.flatMap { sampler in
        [1, 3, 5, 8].flatMap { shift in
            [1, 2, 5, 20].map { SchedulerCase(sampler: sampler, shift: shift, steps: $0) }
        }
    }

    /// The velocity that the goldens were made with, in place of a model's.
    static func velocity(of latent: Tensor, at timestep: Float) -> Tensor {
        let values = latent.values.map { 0.5 * $0 + 0.3 * cos(3 * $0) - 0.2 * timestep / 1000 }
        return Tensor(values, shape: latent.shape)
    }

    /// The latent before the given step; for the number of steps, the clean one.
    static func latent(_ step: Int, in file: String) throws -> Tensor {
        let latents = try Goldens.tensor(file, "latents")
        return latents.rows(step..<step + 1).reshaped(to: Array(latents.shape.dropFirst()))
    }
}
