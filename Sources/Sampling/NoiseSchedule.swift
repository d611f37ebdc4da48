import Foundation

/// Noise levels of a run and what the model is told about them.
package struct NoiseSchedule: Equatable, Sendable {
    /// `steps + 1` levels in `[0, 1]`, falling; 1 is pure noise and the last is 0.
    package let sigmas: [Float]
    /// What the transformer's time embedding gets at each step, `steps` values in `(0, 1000]`.
    package let timesteps: [Float]

    /// Levels from 1 to 1/1000 in even steps, shifted, as diffusers lays them out for each sampler.
    ///
    /// - Precondition: at least one step and a shift above 0; settings are checked where they come in
    /// - Source: diffusers 0.42.1 `scheduling_unipc_multistep.py` (`set_timesteps`, flow sigmas) and
    ///   `scheduling_flow_match_euler_discrete.py` (constructor and `set_timesteps`, which both shift)
    package init(_ settings: SamplingSettings) {
        precondition(settings.steps >= 1 && settings.shift > 0, "a run has steps and a positive shift")
        switch settings.sampler {
        case .unipc: self.init(unipc: settings)
        case .euler: self.init(euler: settings)
        }
    }

    private init(unipc settings: SamplingSettings) {
        let even = (0..<settings.steps).map { 1 + Double($0) * ((0.001 - 1) / Double(settings.steps)) }
        var levels = even.map { Self.shifted($0, by: settings.shift) }
        // A level of exactly 1 has no signal-to-noise ratio to take the logarithm of.
        if abs(levels[0] - 1) < 1e-6 { levels[0] -= 1e-6 }
        sigmas = levels.map { Float($0) } + [0]
        timesteps = levels.map { Float(Int($0 * 1000)) }
    }

    private init(euler settings: SamplingSettings) {
        let lowest = Double(Self.shifted(Float(0.001), by: Float(settings.shift)))
        let stride = settings.steps > 1 ? (1000 * lowest - 1000) / Double(settings.steps - 1) : 0
        let even = (0..<settings.steps).map { (1000 + Double($0) * stride) / 1000 }
        let levels = even.map { Float(Self.shifted($0, by: settings.shift)) }
        sigmas = levels + [0]
        timesteps = levels.map { $0 * 1000 }
    }

    private static func shifted<Number: BinaryFloatingPoint>(_ sigma: Number, by shift: Number) -> Number {
        shift * sigma / (1 + (shift - 1) * sigma)
    }
}
