import Sampling
import Tensors
import TestSupport
import Testing

/// A run that stops after some step and goes on from what it wrote.
@Suite struct SamplingStateTests {
    private func states(_ settings: SamplingSettings) throws -> [SamplingState] {
        var states = [SamplingState(noise: seeded([2, 3, 4]))]
        _ = try Sampler(settings).denoise(states[0]) { latent, step in
            SchedulerCase.velocity(of: latent, at: step.timestep)
        } afterStep: {
            states.append($0)
        }
        return states
    }

    private func written(_ state: SamplingState) -> [String: Tensor] {
        Dictionary(uniqueKeysWithValues: state.tensors)
    }

    @Test(arguments: SamplerKind.allCases, [1, 2, 3, 7])
    func everyStepCanBeTheLastBeforeAnInterruption(sampler: SamplerKind, steps: Int) throws {
        let settings = SamplingSettings(sampler: sampler, steps: steps, shift: 3)
        let states = try states(settings)
        #expect(states.map(\.step) == Array(0...steps))
        for state in states {
            let read = try #require(
                SamplingState(step: state.step, tensors: written(state), settings: settings))
            var indices: [Int] = []
            let clean = try Sampler(settings).denoise(read) { latent, step in
                indices.append(step.index)
                return SchedulerCase.velocity(of: latent, at: step.timestep)
            }
            #expect(indices == Array(state.step..<steps))
            #expect(clean.values.map(\.bitPattern) == states[steps].latent.values.map(\.bitPattern))
        }
    }

    @Test func whatIsWrittenIsWhatTheNextStepNeeds() throws {
        func names(_ sampler: SamplerKind) throws -> [[String]] {
            try states(SamplingSettings(sampler: sampler, steps: 4, shift: 1)).map {
                written($0).keys.sorted()
            }
        }
        #expect(try names(.euler) == Array(repeating: ["latent"], count: 5))
        let first = ["latent", "solver.last_latent", "solver.prediction.0"]
        let later = first + ["solver.prediction.1"]
        #expect(try names(.unipc) == [["latent"], first, later, later, ["latent"]])
    }

    @Test func tensorsOfAnotherStepOrShapeAreNotTaken() throws {
        let settings = SamplingSettings(sampler: .unipc, steps: 4, shift: 1)
        let state = try states(settings)[2]
        func taken(_ step: Int = 2, _ change: (inout [String: Tensor]) -> Void = { _ in }) -> Bool {
            var tensors = written(state)
            change(&tensors)
            return SamplingState(step: step, tensors: tensors, settings: settings) != nil
        }
        #expect(taken())
        #expect(taken(3))  // the same tensors stand after steps 2 and 3
        for step in [-1, 0, 1, 4, 5] { #expect(!taken(step), "\(step)") }
        #expect(!taken { $0["latent"] = nil })
        #expect(!taken { $0["solver.last_latent"] = nil })
        #expect(!taken { $0["solver.prediction.1"] = nil })
        #expect(!taken { $0["more"] = seeded([2, 3, 4]) })
        #expect(!taken { $0["solver.prediction.0"] = seeded([2, 3, 5]) })
        let euler = SamplingSettings(sampler: .euler, steps: 4, shift: 1)
        #expect(SamplingState(step: 2, tensors: written(state), settings: euler) == nil)
    }
}
